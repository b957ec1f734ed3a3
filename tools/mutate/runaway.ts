/** The error of a loop that a mutant made endless. */
export const runawayMessage = 'a loop of the mutant does not end';
