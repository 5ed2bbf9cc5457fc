"""What is done on a timetable: one file for each job, each run once for each slot however many processes see it due."""
