import { Command } from 'commander';

/** What a command of the CLI writes to, and how it ends. */
export interface CommandEnds {
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  exit: (code: number) => never;
}

export interface CommandRun {
  code: number;
  stdout: string;
  stderr: string;
}

class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Runs a command in this process, below a program, as `telemedicine-signaling COMMAND …` does. */
export async function runCommand(
  make: (ends: CommandEnds) => Command,
  args: readonly string[],
): Promise<CommandRun> {
  let stdout = '';
  let stderr = '';
  const command = make({
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    exit: (code) => {
      throw new Exit(code);
    },
  });
  const code = await new Command('telemedicine-signaling')
    .addCommand(command)
    .parseAsync([command.name(), ...args], { from: 'user' })
    .then(
      () => 0,
      (error: unknown) => {
        if (error instanceof Exit) return error.code;
        throw error;
      },
    );
  return { code, stdout, stderr };
}
