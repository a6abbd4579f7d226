/** Frames are drawn when something asks for them, and only then. */

export class Frames {
  private asked = 0;
  private last = 0;
  /** Time between the last two frames of a movement [ms]; 0 after a rest. */
  interval = 0;

  constructor(private readonly draw: (seconds: number) => boolean) {}

  get idle(): boolean {
    return this.asked === 0;
  }

  request(): void {
    if (!this.asked) this.asked = requestAnimationFrame(this.frame);
  }

  stop(): void {
    cancelAnimationFrame(this.asked);
    this.asked = 0;
  }

  private readonly frame = (now: number): void => {
    this.asked = 0;
    this.interval = this.last ? now - this.last : 0;
    const more = this.draw(this.last ? Math.min(0.25, this.interval / 1000) : 1 / 60);
    if (more) this.request();
    this.last = this.asked ? now : 0;
  };
}

/** Pause between pictures while tiles are arriving: at least this [ms], and this many times what a picture costs. */
const PAUSE = 120;
const SHARE = 5;

/** Says when a picture is due while tiles are arriving: where pictures are dear, most of the time is left to the tiles. */
export class Drawing {
  private last = -Infinity;
  private cost = 0;

  /** Whether to draw now; `interval` is the time since the frame before [ms]. */
  due(interval: number): boolean {
    // The graphics card works behind our back: what a picture cost shows in the slowest frame since.
    this.cost = Math.max(this.cost, interval);
    const now = performance.now();
    if (now - this.last <= Math.max(PAUSE, SHARE * this.cost)) return false;
    this.last = now;
    this.cost = 0;
    return true;
  }
}
