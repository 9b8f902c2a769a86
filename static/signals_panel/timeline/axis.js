// The times above the picture.

import { timeText } from "./scale.js";
import { round, set, svg } from "./svg.js";

// A tick's time stands to the right of it, and isn't cut.
const ROOM = 46;

export function drawAxis(element, scale, { times, step }) {
    set(element, { width: scale.width });
    element.replaceChildren(
        ...times.flatMap((time) => {
            const x = round(scale.x(time));
            const line = svg("path", { class: "fsp-grid", d: `M${x + 0.5} 4v14` });
            if (x > scale.width - ROOM) {
                return [line];
            }
            const text = svg("text", { x: x + 4, y: 12 });
            text.textContent = timeText(time, step);
            return [line, text];
        }),
    );
}
