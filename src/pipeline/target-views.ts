import type { AdviceSubject } from '../derive/advice-input.ts';
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

/** The one place where what is known of a target is put together: its polls, its logs and its advice. */
export interface TargetViews {
  /** Polls every target. */
  observeAll(deadlineMilliseconds: number): Promise<readonly TargetView[]>;
  /** A view with the logs and the advice of now. */
  complete(view: TargetView): TargetView;
  /** A target without a poll: its logs and its advice. */
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
    const advice = options.adviceFor(subject);
    return {
      ...(logs === undefined ? {} : { logs }),
      ...(advice === undefined ? {} : { advice }),
    };
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
  return {
    complete,
    logged,
    observeAll: (deadlineMilliseconds) =>
      Promise.all(
        polled().map(async (target) => complete(await target.observe(deadlineMilliseconds))),
      ),
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
