import { type ApacheView, mainCount } from './apache-view.ts';
import { oncePer } from './named-directives.ts';

export interface ApacheWorkers {
  readonly asked: number;
  readonly threadsPerChild: number;
  readonly serverLimit: number;
  readonly processes: number;
  /** MaxRequestWorkers as it counts. */
  readonly workers: number;
}

/**
 * What the MPM makes of its limits (event_check_config() and its sisters): threads are cut to ThreadLimit, processes to
 * ServerLimit, and workers to whole processes.
 */
export const apacheWorkers = oncePer((view: ApacheView): ApacheWorkers => {
  const asked = mainCount(view, 'MaxRequestWorkers');
  const serverLimit = Math.max(1, mainCount(view, 'ServerLimit'));
  if (view.mpm === 'prefork') {
    const workers = Math.max(1, Math.min(asked, serverLimit));
    return { asked, threadsPerChild: 1, serverLimit, processes: workers, workers };
  }
  const limit = mainCount(view, 'ThreadLimit');
  const threadsPerChild = Math.max(1, Math.min(mainCount(view, 'ThreadsPerChild'), limit));
  const processes = Math.max(1, Math.min(Math.floor(asked / threadsPerChild), serverLimit));
  const workers = processes * threadsPerChild;
  return { asked, threadsPerChild, serverLimit, processes, workers };
});
