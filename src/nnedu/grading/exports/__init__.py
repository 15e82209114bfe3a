"""Grades in the forms that other programs read.

==============  =================================================================================
``worksheet``   a CSV file of somebody else's, in which single cells are filled in
``matching``    which row of it is which student's
``canvas``      the gradebook that Canvas exported
``moodle``      the grading worksheet that Moodle exported
``gradescope``  ``results.json``, one per student
``junit``       one XML file for the class, as continuous-integration services show it
==============  =================================================================================

`Canvas` and `Moodle` read back the file they wrote, so that file is filled in and nothing else
of it changes; no row and no column is invented.
"""
