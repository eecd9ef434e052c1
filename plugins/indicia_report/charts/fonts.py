"""The fonts of charts; a renderer uses the first installed one."""

FONT = "Noto Sans, DejaVu Sans, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
CJK = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei"
"""The fonts of charts with Chinese, Japanese or Korean names, before the others."""
