/** The place of a directive. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** One directive of a server's configuration, with its includes followed. A section or block has children. */
export interface ConfigDirective {
  /** As written for nginx; in lower case for Apache, where case does not matter. */
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly file: string;
  readonly block?: readonly ConfigDirective[];
}

/** Part of a configuration that was not read, and why. */
export interface UnreadPart {
  readonly at: Place;
  readonly what: string;
  /** The line itself was read, but not the value of a variable in it. */
  readonly isValue?: true;
}

/** `# keepalive-exporter: silence ID: reason`; it silences the findings of that id in its file. */
export interface Silence {
  readonly at: Place;
  readonly id: string;
  readonly reason: string;
}

/** A whole configuration: the main file and all it includes. */
export interface ConfigTree {
  /** The main file. */
  readonly file: string;
  readonly directives: readonly ConfigDirective[];
  readonly unread: readonly UnreadPart[];
  readonly silences: readonly Silence[];
}

/** A file of a configuration, or why it cannot be read. */
export type SourceFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly problem: string };

/** Reads the files that match a path or glob pattern, in order; an empty list when none matches. */
export type ReadSources = (pattern: string) => Promise<readonly SourceFile[]>;

/** Whether a file or directory of that name exists. */
export type FileExists = (path: string) => Promise<boolean>;
