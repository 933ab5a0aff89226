"""All attributes of all rows of a fixture by lxml, and HTML references by Python's own table.

    python3 scripts/goldens/posts.py > test/fixtures/posts/goldens.json
"""

import html
import html.entities
import json

from lxml import etree

rows = [row.items() for _, row in etree.iterparse("test/fixtures/posts/Posts.xml", tag="row")]
texts = [f"&{name};" for name in html.entities.name2codepoint] + ["&#65;", "&#x41;", "&#X2019;", "&#150;", "&apos;", "a & b", "&unknown;", "&&lt;;"]
print(json.dumps({"rows": rows, "entities": {text: html.unescape(text) for text in texts}}, indent=None, ensure_ascii=True))
