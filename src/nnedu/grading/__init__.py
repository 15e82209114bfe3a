"""Grading a class's notebooks by what their code prints on inputs nobody has seen.

The data flow, one module each:

==============  =================================================================================
``documents``   reads notebooks that may be anything, writes them in normal form
``lessons``     finds a lesson; its manifest: tasks, checks, points, allowed imports
``rebuild``     from a submission only the answer cells; the notebook that is run
``seeds``       one secret per run; from it one seed per check
``runtime``     which packages a kernel sees
``sandbox``     the command line that starts a kernel: under bubblewrap, or the plain process
``bubblewrap``  its options: what is taken away, and what a kernel is given instead
``_boot``       what then runs: limits, ``_seccomp``'s filter of system calls, the kernel
``warm``        kernels forked from a process that has done its imports (``_zygote``)
``processes``   what a kernel started, what it holds, and the end of all of it
``kernel``      a kernel with deadlines and a cap on its output
``runner``      nbval runs a notebook in such a kernel and hands back what it printed
``reference``   the reference's and the planted mistakes' outputs under the run's seeds
``compare``     decides whether two outputs agree, and says how they differ
``judge``       outputs -> points and messages
``layouts``     whose notebook is which, in the folders that platforms produce
``classroom``   submissions, graded side by side
``dispatch``    hands notebooks to workers, and loses none when a worker is lost
``lifeline``    a worker ends with the process it works for
``cluster``     workers on a Dask cluster; ``remote`` runs a job there
``gradebook``   one SQLite file, one transaction per submission; ``ledger`` has its tables
``plan``        what a run has to grade, given what the gradebook holds
``adjust``      late penalties and extra points, from an instructor's table
``session``     one grading run from beginning to end
``report``      grades.csv, feedback pages, the record of the run
``outputs``     the class report (``class_report``) and the forms in ``exports``
``command``     `nnedu grade`, with its bar (``progress``)
``build``       solution.ipynb -> exercise.ipynb
``prove``       the proof that a lesson's checks catch what they should
``edges``       whether rounding can change a verdict; ``_nudge`` runs in the proof's kernel
``practice``    a learner's own file, checked
``new_lesson``  a lesson from a template
``nbgrader_*``  the edition for nbgrader: course folder, notebook, what its cells call
==============  =================================================================================

Only ``runner`` and what is below it touches a kernel, and nothing there knows an expected
value; only ``judge`` and what is above it knows expected values, and nothing there starts a
kernel. Decision records: ``docs/decisions``.
"""
