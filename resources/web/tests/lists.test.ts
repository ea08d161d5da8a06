import { describe, expect, it } from "vitest";
import type { Video } from "../src/api/index.ts";
import { joinPages, orderNext } from "../src/videos/lists.ts";

const video = (id: string, category_id: string | null = null) => ({ id, category_id }) as Video;
const ids = (videos: readonly Video[]) => videos.map(({ id }) => id).join("");

describe("pages of a list", () => {
  it("shows a video once that slid onto the next page meanwhile", () => {
    expect(ids(joinPages([video("a"), video("b")], [video("b"), video("c")]))).toBe("abc");
  });
});

describe("what comes next", () => {
  const newest = [video("a", "x"), video("b"), video("c", "y"), video("d", "x"), video("e")];

  it("is of the same category first, then the newest, and never the video itself", () => {
    expect(ids(orderNext(video("d", "x"), newest))).toBe("abce");
    expect(ids(orderNext(video("c", "y"), newest))).toBe("abde");
  });

  it("is simply the newest after a video without a category", () => {
    expect(ids(orderNext(video("b"), newest))).toBe("acde");
  });

  it("is a dozen at most", () => {
    const many = Array.from({ length: 30 }, (_, index) => video(`v${index}`));
    expect(orderNext(video("other"), many)).toHaveLength(12);
  });
});
