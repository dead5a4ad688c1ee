import { parse, type CommandEntry } from 'docker-file-parser';

/** One `FROM` of a Dockerfile with what follows it. */
export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly commands: readonly CommandEntry[];
}

/**
 * Fills in a Dockerfile.template as balena's builder does.
 *
 * @throws {Error} For a variable that balena does not know.
 */
export function resolveTemplate(template: string, variables: Readonly<Record<string, string>>): string {
  // As the builder: what stands in a comment is left alone.
  return template.replaceAll(/^(?!\s*#).*$/gm, (line) =>
    line.replaceAll(/%%([A-Z_]+)%%/g, (_, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`balena has no template variable ${name}`);
      return value;
    }));
}

/** @throws {Error} For an instruction that cannot be parsed. */
export function stagesOf(dockerfile: string): readonly Stage[] {
  const commands = parse(dockerfile);
  const broken = commands.find(({ error }) => error !== undefined);
  if (broken !== undefined) throw new Error(`line ${broken.lineno}: ${broken.error}`);
  const starts = commands.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []));
  return starts.map((start, index) => {
    const [image = '', name] = wordsOf(commands[start]?.args).join(' ').split(/\s+as\s+/i);
    return { image, name, commands: commands.slice(start + 1, starts[index + 1]) };
  });
}

/** A `COPY` taken apart: where from (a stage, or none for the project itself), and what. */
export function copySources({ args }: CommandEntry): {
  readonly stage: string | undefined;
  readonly sources: readonly string[];
} {
  const words = wordsOf(args);
  const stage = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  return { stage, sources: words.filter((word) => !word.startsWith('--')).slice(0, -1) };
}

const wordsOf = (args: CommandEntry['args'] | undefined): readonly string[] =>
  (typeof args === 'string' ? args.split(/\s+/) : Object.values(args ?? {}));
