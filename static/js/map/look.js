// How every map of areas looks: colours of both themes, local fonts instead of outside glyphs.
export const DARK = window.matchMedia("(prefers-color-scheme: dark)");
export const FONT = ["Noto Sans CJK SC"];
export const LOCAL_FONTS = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
export const EMPTY = { type: "FeatureCollection", features: [] };

const PALETTES = {
  light: {
    paper: "#e9eef4", ground: "#fbfcfe", line: "#b9c6d6", street: "#6b7f98", ink: "#33475f", halo: "#ffffff", lit: "#14508f",
    onLit: "#ffffff", soon: "#b97800", late: "#c5281c", spot: "#c5281c", worker: "#5b3a9e", heat: ["#c9dcf2", "#4f8fd0", "#0d3a6b"],
  },
  dark: {
    paper: "#0d141d", ground: "#18212c", line: "#324559", street: "#6f88a3", ink: "#c3d0de", halo: "#111924", lit: "#6aaef5",
    onLit: "#08192b", soon: "#f0b541", late: "#ff7a6e", spot: "#ff7a6e", worker: "#bda4f7", heat: ["#1b3350", "#3f7fc0", "#9ccaff"],
  },
};

export const palette = () => PALETTES[DARK.matches ? "dark" : "light"];

export const label = ({ ink, halo }) => ({ "text-color": ink, "text-halo-color": halo, "text-halo-width": 1.4 });
