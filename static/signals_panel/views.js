// The views as tabs.

import { Tabs } from "./tabs.js";

export class Views {
    constructor(panel, settings) {
        this.panel = panel;
        this.settings = settings;
        this.onShow = () => {};
        this.list = new Tabs(
            panel.querySelector(".fsp-bar [role=tablist]"),
            (tab) => tab.dataset.view,
            (name) => this.view(name),
        );
        this.list.onChoose = (name) => this.show(name);
        for (const tab of this.tabs) {
            unfold(this.view(tab.dataset.view));
        }
    }

    get shown() {
        return this.settings.view;
    }

    get tabs() {
        return this.list.tabs;
    }

    view(name) {
        return this.panel.querySelector(`#fsp-view-${name}`);
    }

    title(name) {
        return this.list.tab(name).firstChild.textContent.trim();
    }

    // Shows a view for a link elsewhere in the panel.
    goTo(name) {
        this.show(name);
        this.list.tab(name).focus();
    }

    show(name) {
        this.settings.view = name;
        this.list.show(name);
        this.onShow();
    }
}

// Without this script a view folds under its title. The tab shows the title now.
function unfold(view) {
    const folded = view.querySelector("details");
    folded.querySelector("summary").remove();
    folded.replaceWith(...folded.childNodes);
}
