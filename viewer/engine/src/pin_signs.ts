/** Signs of pins: a disc with a foot, drawn once a class into one picture that all pins of a layer share. */

import { CanvasTexture, LinearFilter, SRGBColorSpace } from "three";
import type { LookClass } from "./types";

/** Signs in a row of the picture, and the side of one [px]. */
export const COLUMNS = 8;
const SIDE = 128;

export interface Signs {
  picture: CanvasTexture;
  rows: number;
}

export function drawSigns(classes: LookClass[]): Signs {
  const rows = Math.max(1, Math.ceil(classes.length / COLUMNS));
  const canvas = document.createElement("canvas");
  canvas.width = COLUMNS * SIDE;
  canvas.height = rows * SIDE;
  const paper = canvas.getContext("2d");
  if (paper) {
    classes.forEach((one, number) => {
      paper.save();
      paper.translate((number % COLUMNS) * SIDE, Math.floor(number / COLUMNS) * SIDE);
      paper.scale(SIDE / 64, SIDE / 64);
      sign(paper, one);
      paper.restore();
    });
  }
  const picture = new CanvasTexture(canvas);
  picture.colorSpace = SRGBColorSpace;
  picture.flipY = false;
  picture.generateMipmaps = false;
  picture.minFilter = picture.magFilter = LinearFilter;
  return { picture, rows };
}

/** A sign on a sheet of 64 × 64; its foot is the middle of the lower edge. */
function sign(paper: CanvasRenderingContext2D, { colour, icon }: LookClass): void {
  const body = new Path2D();
  body.moveTo(32, 62);
  body.lineTo(22, 48);
  body.arc(32, 28, 22.4, Math.PI * 0.648, Math.PI * 0.352);
  body.closePath();
  paper.shadowColor = "rgba(20, 30, 40, 0.45)";
  paper.shadowBlur = 5;
  paper.shadowOffsetY = 2;
  paper.fillStyle = "#ffffff";
  paper.fill(body);
  paper.shadowColor = "transparent";
  const disc = new Path2D();
  disc.arc(32, 28, 19.4, 0, Math.PI * 2);
  paper.fillStyle = colour;
  paper.fill(disc);
  if (!icon) {
    paper.fillStyle = "#ffffff";
    paper.beginPath();
    paper.arc(32, 28, 6, 0, Math.PI * 2);
    paper.fill();
    return;
  }
  paper.translate(32 - 13, 28 - 13);
  paper.scale(26 / 24, 26 / 24);
  paper.fillStyle = "#ffffff";
  paper.fill(new Path2D(icon), "evenodd");
}
