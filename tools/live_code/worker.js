/* Python for one page, in a worker of its own: the page never waits for it, and ending the worker
   ends whatever runs. The page sends {start} once, then {run} with a cell's number and the text of
   all cells; it hears {say}, {running}, {out}, {done}, {failed} and {unreachable}. */
"use strict";
let python, browser;

const say = (words) => postMessage({ say: words });

onmessage = async function ({ data }) {
  try {
    if (data.start) await start(data.start);
    else await run(data.run, data.cells);
  } catch (error) {
    postMessage({ failed: String((error && error.message) || error) });
  }
};

/* Load Python from the first of some places that has it. */
async function start({ places, own, library }) {
  for (const place of places) {
    const { host } = new URL(place);
    say(`Loading Python from ${place === own ? "this site" : host}: some 15 MB, once …`);
    try {
      importScripts(place + "pyodide.js");
      python = await loadPyodide({ indexURL: place });
      await load("numpy");
      break;
    } catch (error) {
      python = null;
      if (place === places[places.length - 1]) {
        postMessage({ unreachable: String((error && error.message) || error) });
        return;
      }
    }
  }
  say("Unpacking nnedu …");
  python.unpackArchive(bytes(library), "zip", { extractDir: "/nnedu" });
  python.runPython("import sys; sys.path.insert(0, '/nnedu')");
  browser = python.pyimport("live_code.browser");
  browser.begin();
  postMessage({ ready: true });
}

async function load(name) {
  const wrong = [];
  await python.loadPackage(name, {
    messageCallback: () => {},
    errorCallback: (message) => wrong.push(message),
  });
  if (!(name in python.loadedPackages)) throw new Error(wrong.join("\n") || `no package ${name}`);
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/* Run a cell, and before it what it builds on and has not run. */
async function run(target, cells) {
  const plan = JSON.parse(browser.plan(JSON.stringify(cells), target));
  for (const [at, number] of plan.entries()) {
    postMessage({ running: number, at: at + 1, of: plan.length });
    // What earlier cells show stands in the page already.
    const emit = (kind, data) =>
      number === target && postMessage({ out: number, kind: kind, data: data });
    const attempt = () => JSON.parse(browser.run_cell(number, cells[number], emit));
    let result = attempt();
    for (let tries = 0; result.missing && tries < 4; tries++) {
      say(`Loading ${result.missing}, once …`);
      try {
        await load(result.missing);
      } catch (error) {
        result = { error: `${result.missing} could not be loaded.\n${error.message}` };
        break;
      }
      say("Running …");
      postMessage({ again: number });
      result = attempt();
    }
    if (result.error || result.missing) {
      const error = result.error || `${result.missing} was loaded and still cannot be imported.`;
      postMessage({ done: target, at: number, error: error });
      return;
    }
    if (number === target) postMessage({ done: target, seconds: result.seconds });
  }
}
