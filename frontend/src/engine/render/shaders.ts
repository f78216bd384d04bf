/** Shaders of the WebGL2 renderer. The rules are those of `compose.ts`. */
import { CHECKED_SHARE, EMPHASIS, RING_HALF_PX, RING_OPACITY } from "./compose";
import { N_STOPS } from "./intensities";
import { CHECKED, HIDDEN, HOVERED, SELECTED, TABLE_WIDTH } from "./label-styles";
import { MARGIN_PX } from "./sampling";

/** How a channel texture is read: integers of 8 and 16 bit, floats, or colours that were added up. */
export type ChannelKind = "uint" | "float" | "sum";

/** One triangle that covers the canvas; the scissor box says which part is drawn. */
export const VERTEX_SHADER = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/** The shader for channels of these kinds, in order. */
export function fragmentShader(kinds: readonly ChannelKind[]): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
precision highp isampler2D;
precision highp sampler2D;
uniform isampler2D u_cols;
uniform isampler2D u_rows;
uniform usampler2D u_labels;
uniform usampler2D u_other;
uniform usampler2D u_styles;
${kinds.map(declareChannel).join("\n")}
uniform int u_height;
uniform vec3 u_background;
uniform float u_fill;
uniform float u_outline;
uniform int u_outline_px;
uniform bool u_show_labels;
uniform bool u_only_selected;
uniform bool u_show_other;
uniform vec3 u_other_color;
uniform vec3 u_ring;
out vec4 out_color;

int colAt(int x) { return texelFetch(u_cols, ivec2(x + ${MARGIN_PX}, 0), 0).r; }
int rowAt(int y) { return texelFetch(u_rows, ivec2(y + ${MARGIN_PX}, 0), 0).r; }
uint labelAt(int col, int row) {
  return col < 0 || row < 0 ? 0u : texelFetch(u_labels, ivec2(col, row), 0).r;
}

float shown(float value, vec4 ramp) {
  float v = isnan(value) ? 0.0 : clamp((value - ramp.x) * ramp.y, 0.0, 1.0);
  v = ramp.w > 0.5 ? 1.0 - v : v;
  return ramp.z == 1.0 ? v : pow(v, ramp.z);
}

vec3 colored(vec3 stops[${N_STOPS}], float value) {
  float along = value * ${N_STOPS - 1}.0;
  int stop = min(${N_STOPS - 2}, int(along));
  return mix(stops[stop], stops[stop + 1], along - float(stop));
}

vec3 channels(ivec2 at) {
  vec3 sum = vec3(0.0);
${kinds.map(addChannel).join("\n")}
  return min(sum, vec3(1.0));
}

bool isOutline(uint label, int x, int y, int col, int row) {
  int w = u_outline_px;
  return w > 0 && (labelAt(colAt(x - w), row) != label || labelAt(colAt(x + w), row) != label ||
    labelAt(col, rowAt(y - w)) != label || labelAt(col, rowAt(y + w)) != label);
}

uint otherAt(int col, int row) {
  return col < 0 || row < 0 ? 0u : texelFetch(u_other, ivec2(col, row), 0).r;
}

vec3 overlayOther(vec3 color, int x, int y, int col, int row) {
  int w = u_outline_px;
  uint label = u_show_other ? otherAt(col, row) : 0u;
  bool isEdge = label != 0u && w > 0 &&
    (otherAt(colAt(x - w), row) != label || otherAt(colAt(x + w), row) != label ||
    otherAt(col, rowAt(y - w)) != label || otherAt(col, rowAt(y + w)) != label);
  return isEdge ? mix(color, u_other_color, u_outline) : color;
}

vec3 overlay(vec3 color, int x, int y, int col, int row) {
  uint label = u_show_labels ? labelAt(col, row) : 0u;
  if (label == 0u) return color;
  ivec2 slot = ivec2(int(label % ${TABLE_WIDTH}u), int(label / ${TABLE_WIDTH}u));
  uvec4 style = texelFetch(u_styles, slot, 0);
  bool isSelected = (style.a & ${SELECTED}u) != 0u;
  if ((style.a & ${HIDDEN}u) != 0u || (u_only_selected && !isSelected)) return color;
  vec3 own = vec3(style.rgb) / 255.0;
  if (isOutline(label, x, y, col, row)) {
    return isSelected ? vec3(1.0) : mix(color, own, u_outline);
  }
  float emphasis = (style.a & ${SELECTED | HOVERED}u) != 0u ? ${EMPHASIS} : 0.0;
  float fill = (style.a & ${CHECKED}u) != 0u ? u_fill * ${CHECKED_SHARE} : u_fill;
  return mix(color, own, min(1.0, fill + emphasis));
}

void main() {
  int x = int(gl_FragCoord.x);
  int y = u_height - 1 - int(gl_FragCoord.y);
  int col = colAt(x);
  int row = rowAt(y);
  vec3 color = u_background;
  if (col >= 0 && row >= 0) {
    color = overlay(channels(ivec2(col, row)), x, y, col, row);
    color = overlayOther(color, x, y, col, row);
  }
  float away = distance(vec2(float(x) + 0.5, float(y) + 0.5), u_ring.xy);
  if (u_ring.z >= 0.0 && abs(away - u_ring.z) < ${RING_HALF_PX}) {
    color = mix(color, vec3(1.0), ${RING_OPACITY});
  }
  out_color = vec4(color, 1.0);
}`;
}

function declareChannel(kind: ChannelKind, i: number): string {
  if (kind === "sum") {
    return `uniform sampler2D u_channel${i};`;
  }
  const sampler = kind === "uint" ? "usampler2D" : "sampler2D";
  return `uniform ${sampler} u_channel${i};\nuniform vec4 u_ramp${i};\nuniform vec3 u_stops${i}[${N_STOPS}];`;
}

function addChannel(kind: ChannelKind, i: number): string {
  if (kind === "sum") {
    return `  sum += texelFetch(u_channel${i}, at, 0).rgb;`;
  }
  return `  sum += colored(u_stops${i}, shown(float(texelFetch(u_channel${i}, at, 0).r), u_ramp${i}));`;
}
