import { describe, expect, it } from "vitest";
import { toQuery } from "../src/api/http.ts";
import { safeNext } from "../src/pages/next.ts";
import { listAddress, readFilters, SORTS, toVideoQuery } from "../src/videos/filters.ts";

describe("the library's filters in the address", () => {
  it.each([
    [{}, { q: "", sort: "newest" }],
    [
      { q: " cats ", sort: "views" },
      { q: "cats", sort: "views" },
    ],
    [{ sort: "'; drop table" }, { q: "", sort: "newest" }],
  ])("%o reads as %o", (query, filters) => {
    expect(readFilters(query)).toEqual(filters);
  });

  it.each(SORTS)("order %s comes back from its address", (sort) => {
    const address = new URL(listAddress("/search", { q: "a&b=ü #1", sort }), "http://x");
    expect(readFilters(Object.fromEntries(address.searchParams))).toEqual({ q: "a&b=ü #1", sort });
  });

  it("leaves out what is usual", () => {
    expect(listAddress("/", { q: "", sort: "newest" })).toBe("/");
  });

  it("asks the server for order, words and category", () => {
    expect(toVideoQuery({ q: "cats", sort: "longest" }, { category_id: "c1" })).toEqual({
      sort_by: "duration",
      order: "desc",
      page_size: 24,
      q: "cats",
      category_id: "c1",
    });
    expect(toVideoQuery({ q: "", sort: "title" })).not.toHaveProperty("q");
  });
});

describe("the way back after signing in", () => {
  it.each([
    [undefined, "/"],
    ["/watch/1?t=3", "/watch/1?t=3"],
    ["https://evil.example", "/"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["/signin?next=/signin", "/"],
  ])("%s leads to %s", (next, path) => {
    expect(safeNext(next)).toBe(path);
  });
});

describe("queries", () => {
  it("leave out what is not set and escape the rest", () => {
    expect(toQuery({ a: "x y&z", b: undefined, c: "", d: 0 })).toBe("?a=x+y%26z&d=0");
    expect(toQuery({})).toBe("");
  });
});
