/** Where a directive stands. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** One directive of a server's configuration, its includes followed; a section or block has children. */
export interface ConfigDirective {
  /** As the file has it for nginx; in lower case for Apache, whose names know no case. */
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
}

/** `# keepalive-exporter: silence ID: reason`; it covers the findings of that id in its file. */
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

/** A file of a configuration, or why it cannot be had. */
export type SourceFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly problem: string };

/** Reads the files that a path or glob pattern names, in order; none when there is none. */
export type ReadSources = (pattern: string) => Promise<readonly SourceFile[]>;

/** Whether there is a file or directory of that name. */
export type FileExists = (path: string) => Promise<boolean>;
