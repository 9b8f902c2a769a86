// Where each row of the picture stands: from boxes of time to blocks in lanes. It knows no pixels, and
// is the same however far the picture is zoomed in, so that nothing jumps while it is.

// Boxes of one row that are closer than this part of the request are one block.
const NEAR = 1 / 50;

// Rows of `{above, kind, boxes, ...}`, as the server sends them; `end` is the request's, as all times
// in microseconds. Gives `{height, placed, links}`: `placed` has for each row its height from the top
// in `y`, its `blocks` of `{start, end, boxes}`, and the row it stands under, or -1, in `home`.
export function layOut(rows, end) {
    const extents = rows.map((row) => [row.boxes[0], row.boxes.at(-2) + row.boxes.at(-1)]);
    const homes = rows.map((row, index) => homeOf(rows, extents, row, index));
    const placed = rows.map((row, index) => ({
        home: homes[index],
        blocks: blocksOf(row.boxes, end * NEAR),
        y: 0,
    }));
    const children = childrenOf(homes, extents);
    const lanes = new Map();
    for (const [home, found] of children) {
        lanes.set(home, inLanes(found, placed));
    }
    const heights = heightsOf(children, lanes);
    place(placed, lanes, heights);
    const links = homes.flatMap((home, to) =>
        rows[to].kind === "deferred" && home !== (rows[to].above ?? -1)
            ? [{ from: rows[to].above, to }]
            : [],
    );
    return { placed, links, height: heights.get(-1) };
}

// The row that it stands under: that above it in the tree, but for deferred work that ran later.
// That stands under the part of the request that it ran in.
function homeOf(rows, extents, row, index) {
    const { above } = row;
    if (above === null || row.kind !== "deferred" || isIn(extents[index], extents[above])) {
        return above ?? -1;
    }
    return rows.findIndex(
        (each, other) =>
            each.above === null && other !== index && isIn(extents[index], extents[other]),
    );
}

function isIn([start, end], [first, last]) {
    return first <= start && end <= last;
}

function blocksOf(boxes, near) {
    const blocks = [];
    for (let at = 0; at < boxes.length; at += 2) {
        const [start, end] = [boxes[at], boxes[at] + boxes[at + 1]];
        const last = blocks.at(-1);
        if (last && start - last.end < near) {
            last.end = end;
            last.boxes.push([start, end]);
        } else {
            blocks.push({ start, end, boxes: [[start, end]] });
        }
    }
    return blocks;
}

// By home, in the order they began.
function childrenOf(homes, extents) {
    const children = new Map([[-1, []]]);
    for (const [index, home] of homes.entries()) {
        if (!children.has(home)) {
            children.set(home, []);
        }
        children.get(home).push(index);
    }
    for (const found of children.values()) {
        found.sort((one, other) => extents[one][0] - extents[other][0] || one - other);
    }
    return children;
}

// What overlaps goes side by side: each row takes the first lane that is free where its blocks are.
function inLanes(indexes, placed) {
    const lanes = [];
    for (const index of indexes) {
        const { blocks } = placed[index];
        let lane = lanes.find(({ taken }) => blocks.every((block) => isFree(taken, block)));
        if (!lane) {
            lane = { indexes: [], taken: [] };
            lanes.push(lane);
        }
        lane.indexes.push(index);
        for (const block of blocks) {
            lane.taken.splice(firstAfter(lane.taken, block), 0, block);
        }
    }
    return lanes.map((lane) => lane.indexes);
}

// Blocks that were taken are sorted and don't overlap.
function isFree(taken, block) {
    const at = firstAfter(taken, block);
    const [before, after] = [taken[at - 1], taken[at]];
    return !(before && before.end > block.start) && !(after && after.start < block.end);
}

function firstAfter(taken, block) {
    let [low, high] = [0, taken.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (taken[middle].start < block.start) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// How many rows high each is with all that stands under it; -1 is the whole picture. A cascade may
// be deeper than a script's stack.
function heightsOf(children, lanes) {
    const order = [-1];
    for (const index of order) {
        order.push(...(children.get(index) ?? []));
    }
    const heights = new Map();
    for (const index of order.reverse()) {
        heights.set(index, (index < 0 ? 0 : 1) + sum((lanes.get(index) ?? []).map(highest)));
    }
    return heights;

    function highest(lane) {
        return Math.max(...lane.map((index) => heights.get(index)));
    }
}

function sum(numbers) {
    return numbers.reduce((all, number) => all + number, 0);
}

function place(placed, lanes, heights) {
    const waiting = [[-1, 0]];
    while (waiting.length) {
        const [home, top] = waiting.pop();
        let y = top;
        for (const lane of lanes.get(home) ?? []) {
            for (const index of lane) {
                placed[index].y = y;
                waiting.push([index, y + 1]);
            }
            y += Math.max(...lane.map((index) => heights.get(index)));
        }
    }
}
