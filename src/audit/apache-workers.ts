import { type ApacheView, mainCount } from './apache-view.ts';
import { oncePer } from './named-directives.ts';

export interface ApacheWorkers {
  /** MaxRequestWorkers as configured. */
  readonly configured: number;
  readonly threadsPerChild: number;
  readonly serverLimit: number;
  readonly processes: number;
  /** The number of workers that Apache runs. */
  readonly workers: number;
}

/**
 * The limits that the MPM applies (event_check_config() and its equivalents): ThreadLimit caps the threads, ServerLimit
 * caps the processes, and workers are rounded down to whole processes.
 */
export const apacheWorkers = oncePer((view: ApacheView): ApacheWorkers => {
  const configured = mainCount(view, 'MaxRequestWorkers');
  const serverLimit = Math.max(1, mainCount(view, 'ServerLimit'));
  if (view.mpm === 'prefork') {
    const workers = Math.max(1, Math.min(configured, serverLimit));
    return { configured, threadsPerChild: 1, serverLimit, processes: workers, workers };
  }
  const limit = mainCount(view, 'ThreadLimit');
  const threadsPerChild = Math.max(1, Math.min(mainCount(view, 'ThreadsPerChild'), limit));
  const processes = Math.max(1, Math.min(Math.floor(configured / threadsPerChild), serverLimit));
  const workers = processes * threadsPerChild;
  return { configured, threadsPerChild, serverLimit, processes, workers };
});
