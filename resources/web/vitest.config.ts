/** How the client's tests run: built as the client is, in Node, with what little of a browser the logic asks for. */
import { defineConfig, mergeConfig } from "vitest/config";
import client from "./vite.config.ts";

export default mergeConfig(client, defineConfig({ test: { setupFiles: ["tests/setup.ts"] } }));
