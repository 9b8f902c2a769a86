// The stretch of time that is shown, and where times stand in it. All times are in microseconds.

// What is narrower shows nothing more: times are kept in whole microseconds.
const NARROWEST = 20;

export class Scale {
    constructor(end, width) {
        this.whole = Math.max(end, 1);
        this.width = width;
        this.showAll();
    }

    get span() {
        return this.to - this.from;
    }

    get isZoomed() {
        return this.span < this.whole;
    }

    x(time) {
        return ((time - this.from) / this.span) * this.width;
    }

    time(x) {
        return this.from + (x / this.width) * this.span;
    }

    showAll() {
        [this.from, this.to] = [0, this.whole];
    }

    // As near to it as it can be, within the request.
    show(from, to) {
        const least = Math.min(NARROWEST, this.whole);
        const span = Math.min(this.whole, Math.max(to - from, least));
        const start = (from + to - span) / 2;
        this.from = Math.min(Math.max(0, start), this.whole - span);
        this.to = this.from + span;
    }

    // `time` stays where it is. A factor above 1 shows more detail.
    zoom(factor, time = (this.from + this.to) / 2) {
        const span = Math.min(this.whole, this.span / factor);
        const from = time - ((time - this.from) / this.span) * span;
        this.show(from, from + span);
    }

    // By a part of what is shown.
    pan(part) {
        this.moveTo(this.from + part * this.span);
    }

    moveTo(from) {
        this.show(from, from + this.span);
    }

    // Moves along as far as is needed to show some of this; of what is wider, its beginning.
    bringIn(start, end) {
        if (end < this.from || start > this.to) {
            const middle = (start + Math.min(end, start + this.span)) / 2;
            this.moveTo(middle - this.span / 2);
        }
    }
}

// Round times that are at least `least` pixels apart.
export function ticks(scale, least = 90) {
    const wanted = (least / scale.width) * scale.span;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= wanted);
    const found = [];
    for (let number = Math.ceil(scale.from / step); number * step <= scale.to; number++) {
        found.push(number * step);
    }
    return { times: found, step };
}

// In the units that the page's other times have; `step` is what has to be told apart.
export function timeText(time, step) {
    const [unit, name] = step >= 1e6 ? [1e6, "s"] : [1e3, "ms"];
    const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
    return `${(time / unit).toFixed(digits)}\u00a0${name}`;
}
