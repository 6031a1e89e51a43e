/**
 * What our code uses of the language that Node 20 lacks. The published programs load it before anything else
 * (`pack/command-line.ts`); from the sources everything runs on the pinned Node, which has it all.
 */
import "core-js/stable/array/index.js";
import "core-js/stable/iterator/index.js";
import "core-js/stable/map/index.js";
import "core-js/stable/promise/index.js";
import "core-js/stable/set/index.js";
import "core-js/stable/string/index.js";
