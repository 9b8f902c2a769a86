// The time of receivers in which nothing happened that the panel knows of: Python, or waiting.

// By row of the layout, stretches of `[start, end]`.
export function unaccounted(rows, placed) {
    const inside = new Map();
    for (const [index, { home }] of placed.entries()) {
        if (rows[home]?.kind === "call") {
            if (!inside.has(home)) {
                inside.set(home, []);
            }
            inside.get(home).push(index);
        }
    }
    const found = new Map();
    for (const [index, row] of rows.entries()) {
        // Boxes that were put together hide what was between them.
        if (row.kind === "call" && row.boxes.length === 2 * row.count) {
            const taken = (inside.get(index) ?? []).flatMap((each) => pairs(rows[each].boxes));
            found.set(index, without(pairs(row.boxes), taken));
        }
    }
    return found;
}

function pairs(boxes) {
    const found = [];
    for (let at = 0; at < boxes.length; at += 2) {
        found.push([boxes[at], boxes[at] + boxes[at + 1]]);
    }
    return found;
}

// Stretches, sorted, without those that were taken.
function without(stretches, taken) {
    const sorted = taken.sort((one, other) => one[0] - other[0]);
    const left = [];
    for (const [start, end] of stretches) {
        let reached = start;
        for (const [first, last] of sorted) {
            if (first > reached && reached < end) {
                left.push([reached, Math.min(first, end)]);
            }
            reached = Math.max(reached, last);
        }
        if (reached < end) {
            left.push([reached, end]);
        }
    }
    return left;
}
