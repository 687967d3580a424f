"""A notebook with one of each thing that an analyst may display."""

from nbformat.v4 import new_code_cell, new_markdown_cell

from ..pack.standins import notebook, review_data, show

MARKDOWN = """## 分析师的说明

| 区域 | 销售额 |
|---|---:|
| 华东 | 1,234 |

正文带脚注[^1]，行内公式 $\\bar{x} = \\frac{1}{n}\\sum_{i=1}^{n} x_i$ 与独立公式：

$$\\sigma = \\sqrt{\\frac{1}{n}\\sum_{i}(x_i - \\bar{x})^2}$$

不能排版的写法照原样给出：$\\text{均值} + \\unknown{x}$。

[^1]: 脚注的内容。
""".replace("\\", "\\")

CELLS = {
    "frame": """
        import pandas as pd
        frame = pd.DataFrame({"区域": ["华东", "华南", "<b>"], "值": [1.5, -2.5, 3.0]})
        frame""",
    "styler": """
        frame.style.bar(subset="值", color="#a9bdd1").background_gradient(subset="值").hide(axis="index")""",
    "great": """
        from great_tables import GT
        GT(frame.head(2)).tab_header("大表格标题").fmt_number("值", decimals=1)""",
    "seaborn": """
        import seaborn as sns
        import matplotlib.pyplot as plt
        from salesreview.exhibits import fonts
        fonts.use()  # opening a review does
        sns.barplot(frame, x="值", y="区域")
        plt.show()""",
    "svg": """
        from IPython.display import SVG, Image, Latex, Markdown, display
        box = '<rect width="80" height="40" fill="teal"/>'
        SVG(f'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">{box}</svg>')""",
    "image": """
        import base64, struct, zlib
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        rows = b"".join(b"\\x00" + bytes([200, 60, 40]) * 40 + bytes([40, 60, 200]) * 20 for _ in range(30))
        head = struct.pack(">IIBBBBB", 60, 30, 8, 2, 0, 0, 0)
        parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
        Image(b"\\x89PNG\\r\\n\\x1a\\n" + b"".join(parts))""",
    "latex": """
        Latex(r"$E = mc^2$")""",
    "said": """
        Markdown("**由代码写出** 的说明")""",
    "altair": """
        import altair as alt
        alt.Chart(frame.head(2)).mark_bar().encode(x="值:Q", y="区域:N").properties(width=240, title="柱形图")""",
    "plotly": """
        import plotly.graph_objects as go
        go.Figure(go.Bar(x=["a", "b"], y=[1, 2]))""",
    "noise": """
        import sys, warnings
        warnings.warn("a secret warning")
        print("to standard error", file=sys.stderr)
        print("printed & kept")""",
}


def any_cell():
    """The notebook: the review, Markdown, then each cell under its name as id."""
    from textwrap import dedent

    code = [new_code_cell(dedent(source).strip(), id=name) for name, source in CELLS.items()]
    return notebook(show(review_data()), new_markdown_cell(MARKDOWN, id="words"), *code)
