import { describe, expect, it } from "vitest";
import { type Description, groupsOf, typeOf } from "../src/docs/description.ts";

const operation = (operationId: string, summary: string, tag: string) => ({
  operationId,
  summary,
  tags: [tag],
  "x-access": "member" as const,
  responses: {},
});

const description: Description = {
  info: { version: "1", description: "" },
  tags: [{ name: "auth" }, { name: "videos", description: "The library." }],
  paths: {
    "/api/auth/me": { get: operation("me", "One's own account.", "auth") },
    "/api/videos": {
      get: operation("list", "The videos.", "videos"),
      post: operation("send", "Upload a video by form.", "videos"),
    },
  },
  components: { schemas: {}, responses: {} },
};

describe("the calls of the API", () => {
  it.each([
    ["", ["auth: me", "videos: list send"]],
    ["  upload VIDEO ", ["videos: send"]],
    ["get /api", ["auth: me", "videos: list"]],
    ["nothing like this", []],
  ])("with the words %j", (words, found) => {
    const groups = groupsOf(description, words);
    expect(
      groups.map(({ name, operations }) => `${name}: ${operations.map(({ id }) => id).join(" ")}`),
    ).toEqual(found);
  });

  it.each([
    [{ type: "integer", minimum: 1, maximum: 100 }, "integer, 1 to 100"],
    [{ type: "string", maxLength: 200 }, "string, at most 200 characters"],
    [{ anyOf: [{ type: "string", format: "uuid" }, { type: "null" }] }, "uuid or null"],
    [{ type: "array", items: { $ref: "#/components/schemas/VideoBody" } }, "list of VideoBody"],
    [{ $ref: "#/components/schemas/PageBody_VideoBody_" }, "PageBody[VideoBody]"],
    [{ enum: ["asc", "desc"] }, "asc | desc"],
    [{}, "any"],
  ])("type %j", (schema, words) => expect(typeOf(schema)).toBe(words));
});
