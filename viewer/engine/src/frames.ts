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
