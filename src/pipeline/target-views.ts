import type { AdviceSubject } from '../derive/advice-input.ts';
import { present } from '../present.ts';
import type { Advice } from '../snapshot/advice.ts';
import type { LogView } from '../snapshot/log-source.ts';
import type { LoggedTarget, TargetIdentity, TargetView } from '../snapshot/target-view.ts';
import type { Target } from './observe-target.ts';

export interface TargetViewsOptions {
  /** Targets with a status page. */
  readonly polled: () => readonly Target[];
  /** Targets of which only the logs are read. */
  readonly logsOnly: () => readonly TargetIdentity[];
  readonly logsOf: (target: string) => LogView | undefined;
  readonly adviceFor: (subject: AdviceSubject) => Advice | undefined;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** Puts together the view of a target: its polls, its logs and its advice. */
export interface TargetViews {
  /** Polls every target. A target of which nothing is known yet is left out. */
  observeAll(deadlineMilliseconds: number): Promise<readonly TargetView[]>;
  /** Adds the current logs and advice to a view. */
  complete(view: TargetView): TargetView;
  /** The logs and the advice of a target without a poll. */
  logged(target: TargetIdentity): LoggedTarget;
  allLogsOnly(): readonly LoggedTarget[];
  logsOnlyByName(name: string): LoggedTarget | undefined;
  /** The subjects of /advice. */
  adviceSubjects(): readonly AdviceSubject[];
}

export function createTargetViews(options: TargetViewsOptions): TargetViews {
  const { polled, logsOnly, now } = options;
  const fromLogs = (subject: AdviceSubject) => {
    const logs = options.logsOf(subject.observation.target.name);
    return present({ logs, advice: options.adviceFor(subject) });
  };
  const logged = (target: TargetIdentity): LoggedTarget => {
    const subject = { observation: { target } };
    return { ...subject, ...fromLogs(subject) };
  };
  const complete = (view: TargetView): TargetView => ({
    ...view,
    ...fromLogs(view),
    shownAtSeconds: now(),
  });
  /** Undefined if nothing is known: a scrape that ended early, or a reload, is no failure of the server. */
  const observeInForce = async (
    target: Target,
    endsAt: number,
  ): Promise<TargetView | undefined> => {
    const view = await target.observe(Math.max(0, endsAt - performance.now()));
    if (view.unfinished !== true) return view;
    // A reload replaces a target whose configuration changed, and ends its poll.
    const successor = polled().find(({ identity }) => identity.name === target.identity.name);
    const isReplaced = successor !== undefined && successor !== target;
    return isReplaced ? observeInForce(successor, endsAt) : undefined;
  };
  return {
    complete,
    logged,
    async observeAll(deadlineMilliseconds) {
      const endsAt = performance.now() + deadlineMilliseconds;
      const views = await Promise.all(polled().map((target) => observeInForce(target, endsAt)));
      return views.flatMap((view) => (view === undefined ? [] : [complete(view)]));
    },
    allLogsOnly: () => logsOnly().map(logged),
    logsOnlyByName(name) {
      const found = logsOnly().find((target) => target.name === name);
      return found === undefined ? undefined : logged(found);
    },
    adviceSubjects: () => [
      ...polled().map((one) => one.latest() ?? { observation: { target: one.identity } }),
      ...logsOnly().map((target) => ({ observation: { target } })),
    ],
  };
}
