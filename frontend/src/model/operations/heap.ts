/** A queue that gives the item of the lowest height first, and among equal ones the oldest. */
export class HeightQueue {
  private heights = new Float64Array(256);
  private ages = new Float64Array(256);
  private items = new Int32Array(256);
  private size = 0;
  private age = 0;

  get isEmpty(): boolean {
    return this.size === 0;
  }

  push(height: number, item: number): void {
    if (this.size === this.items.length) {
      this.enlarge();
    }
    let at = this.size++;
    this.set(at, height, this.age++, item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) {
        break;
      }
      this.exchange(at, parent);
      at = parent;
    }
  }

  /** The queue must not be empty. */
  pop(): number {
    const item = this.items[0];
    this.size--;
    this.set(0, this.heights[this.size], this.ages[this.size], this.items[this.size]);
    this.sink();
    return item;
  }

  private sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let first = at;
      if (left < this.size && this.isBefore(left, first)) {
        first = left;
      }
      if (right < this.size && this.isBefore(right, first)) {
        first = right;
      }
      if (first === at) {
        return;
      }
      this.exchange(at, first);
      at = first;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const difference = this.heights[a] - this.heights[b];
    return difference < 0 || (difference === 0 && this.ages[a] < this.ages[b]);
  }

  private set(at: number, height: number, age: number, item: number): void {
    this.heights[at] = height;
    this.ages[at] = age;
    this.items[at] = item;
  }

  private exchange(a: number, b: number): void {
    const [height, age, item] = [this.heights[a], this.ages[a], this.items[a]];
    this.set(a, this.heights[b], this.ages[b], this.items[b]);
    this.set(b, height, age, item);
  }

  private enlarge(): void {
    const { heights, ages, items } = this;
    this.heights = new Float64Array(heights.length * 2);
    this.ages = new Float64Array(heights.length * 2);
    this.items = new Int32Array(heights.length * 2);
    this.heights.set(heights);
    this.ages.set(ages);
    this.items.set(items);
  }
}
