// The progress of a training: a bar where there is a terminal, a few plain lines where there is none.
import cliProgress from 'cli-progress';

/** Where things are printed: `process.stdout`, or anything written to like it. */
export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface Progress {
  /** Says that so many epochs are done, and what the loss is. */
  update(epoch: number, loss: number): void;
  stop(): void;
}

/** How often a line is printed where there is no terminal. */
const PLAIN_LINES = 5;
const BAR_WIDTH = 28;

/** What goes by, and the figure that is shown beside it. */
export interface ProgressNames {
  /** Default: epoch. */
  readonly unit?: string;
  /** Default: loss. */
  readonly figure?: string;
}

/** Shows `total` epochs going by, from now until `stop`. */
export function showProgress(screen: Screen, total: number, names: ProgressNames = {}): Progress {
  return screen.isTTY === true ? showBar(screen, total, names) : showLines(screen, total, names);
}

/** Told how many of how many steps (epochs, episodes, …) are done, and what the figure that is watched is by then. */
export type Watch = (done: number, total: number, figure: number) => void;

/** A watch that shows what it is told: a bar that begins with the first step and ends with the last. */
export function watching(names: ProgressNames = {}, screen: Screen = process.stdout): Watch {
  let progress: Progress | null = null;
  return (done, total, figure) => {
    progress ??= showProgress(screen, total, names);
    progress.update(done, figure);
    if (done < total) return;
    progress.stop();
    progress = null;
  };
}

function showBar(screen: Screen, total: number, names: ProgressNames): Progress {
  const { unit = 'epoch', figure = 'loss' } = names;
  // Cursor and line wrapping are left as they are, and no signal is caught: Ctrl-C ends the program at once, and
  // leaves a terminal in order.
  const bar = new cliProgress.SingleBar({
    stream: screen,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: BAR_WIDTH,
    hideCursor: false,
    linewrap: true,
    gracefulExit: false,
    clearOnComplete: false,
    format: (options, { progress, value }, { loss, left }: { loss: string; left: string }) => {
      const done = Math.round(progress * BAR_WIDTH);
      const cells = `${options.barCompleteString?.slice(0, done)}${options.barIncompleteString?.slice(0, BAR_WIDTH - done)}`;
      return `  ${cells}  ${unit} ${String(value).padStart(String(total).length)}/${total}  ${figure} ${loss}  ${left}`;
    },
  });
  const clock = timeLeft(total);
  bar.start(total, 0, { loss: '…', left: '' });
  return {
    update: (epoch, loss) => bar.update(epoch, { loss: formatLoss(loss), left: clock(epoch) }),
    stop: () => bar.stop(),
  };
}

function showLines(screen: Screen, total: number, names: ProgressNames): Progress {
  const { unit = 'epoch', figure = 'loss' } = names;
  const clock = timeLeft(total);
  let printed = 0;
  return {
    update(epoch, loss) {
      const due = Math.floor((epoch * PLAIN_LINES) / total);
      if (due <= printed) return;
      printed = due;
      screen.write(`  ${unit} ${epoch}/${total}  ${figure} ${formatLoss(loss)}  ${clock(epoch)}\n`);
    },
    stop() {},
  };
}

/** The time that the rest will take, if it goes on at the pace since the start. */
function timeLeft(total: number): (epoch: number) => string {
  const start = performance.now();
  return (epoch) => {
    const elapsed = (performance.now() - start) / 1000;
    if (epoch >= total) return `done in ${formatSeconds(elapsed)}`;
    return `${formatSeconds((elapsed / epoch) * (total - epoch))} left`;
  };
}

function formatLoss(loss: number): string {
  return Number.isFinite(loss) ? loss.toPrecision(4) : String(loss);
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
