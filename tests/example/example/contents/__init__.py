"""The site's table of contents: what each page shows, and where to look for it."""

from example.contents.articles import ACCOUNTS, BLOG, SHOP
from example.contents.habits import HABITS
from example.contents.notes import NOTES
from example.contents.showcase import SHOWCASE

SECTIONS = (ACCOUNTS, BLOG, SHOP, SHOWCASE, HABITS, NOTES)
COMPARISONS = tuple(comparison for section in SECTIONS for comparison in section.comparisons)
PAGES = {
    page.name: page for comparison in COMPARISONS for page in (*comparison.left, *comparison.right)
}


def get_page(name):
    """Return the page with this URL name."""
    return PAGES[name]


def counterparts_of(page):
    """Return the pages to read side by side with this one."""
    for comparison in COMPARISONS:
        if page in comparison.left:
            return comparison.right
        if page in comparison.right:
            return comparison.left
    return ()
