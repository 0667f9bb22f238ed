"""The workloads: an email, a table of quote lines, a page with inheritance, and templates to compile."""

import json

RENDERS = {"email, 20 variables": "email.txt", "table, 200 quote lines": "table.txt",
           "page, inheritance, macros": "page.html"}

FILES = {
    "email.txt": """Dear {{ contact_name }},

thank you for your quotation {{ quote_number }} of {{ quote_date }} for {{ product_title }}.
We are interested in {{ quantity }} {{ unit }} at a unit price of {{ target_price }} {{ currency }}.
{% if current_price %}Your present offer stands at {{ current_price }} {{ currency }} per {{ unit }}.{% endif %}
{% if deadline %}Please let us have your answer by {{ deadline }}.{% endif %}

Delivery: {{ incoterm }} {{ place }}, within {{ lead_time }} days after order.
Payment: {{ payment_terms|default('30 days net') }}.
Reference: {{ reference|upper }} / {{ project }}

{% if notes %}Notes: {{ notes|trim }}{% else %}There are no further notes.{% endif %}

Kind regards
{{ sender_name|title }}
{{ sender_role }}
{{ company }}
{{ street }}, {{ city }}, {{ country }}
""",
    "table.txt": """Quotation
{% for line in lines %}{{ loop.index }}. {{ line.sku }} {{ line.title|upper }} {{ line.quantity }} x {{ '%.2f'|format(line.price) }} = {{ '%.2f'|format(line.quantity * line.price) }}{% if line.discount %} (-{{ line.discount }}%){% endif %}
{% else %}no lines
{% endfor %}
Total: {{ '%.2f'|format(lines|map(attribute='price')|sum) }}
""",
    "base.html": """<!DOCTYPE html><html><head><title>{% block title %}Parley{% endblock %}</title></head>
<body><nav>{% for item in nav %}<a href="{{ item.href }}"{% if item.active %} class="active"{% endif %}>{{ item.label }}</a>{% endfor %}</nav>
<main>{% block main %}{% endblock %}</main><footer>{% block footer %}&copy; {{ company }}{% endblock %}</footer></body></html>
""",
    "macros.html": """{% macro badge(text, kind='info') %}<span class="badge {{ kind }}">{{ text }}</span>{% endmacro %}
{% macro row(n) %}<tr><td>{{ n.id }}</td><td>{{ n.vendor }}</td><td>{{ n.product }}</td><td>{{ badge(n.status, 'warn' if n.status == 'pending' else 'ok') }}</td></tr>{% endmacro %}""",
    "page.html": """{% extends 'base.html' %}{% from 'macros.html' import row, badge %}
{% block title %}Negotiations - {{ super() }}{% endblock %}
{% block main %}<h1>{{ heading }}</h1><table>{% for n in negotiations %}{{ row(n) }}{% endfor %}</table>{{ badge(negotiations|length ~ ' open') }}{% endblock %}
""",
}

CONTEXTS = {
    "email": {
        "contact_name": "Ms Weber", "quote_number": "Q-2026-118", "quote_date": "2026-11-20",
        "product_title": "Ball bearing 6204-2RS", "quantity": 500, "unit": "pcs", "target_price": "3.85",
        "currency": "EUR", "current_price": "4.20", "deadline": "2026-12-01", "incoterm": "DAP", "place": "Hamburg",
        "lead_time": 14, "payment_terms": "60 days net", "reference": "rfq-77", "project": "Line 4",
        "notes": "  please quote with certificates ", "sender_name": "jan petersen", "sender_role": "Buyer",
        "company": "Nordwerk GmbH", "street": "Am Kai 3", "city": "Hamburg", "country": "Germany"},
    "table": {"lines": [
        {"sku": f"SKU-{i:04}", "title": f"Industrial component number {i}, stainless", "quantity": i % 17 + 1,
         "price": 1.25 * i + 0.99, "discount": 5 if i % 3 == 0 else 0} for i in range(200)]},
    "page": {
        "company": "Nord & Werk", "heading": "Open <negotiations>",
        "nav": [{"href": f"/x?a={i}&b=2", "label": f"Item {i}", "active": i == 1} for i in range(6)],
        "negotiations": [
            {"id": i, "vendor": f"Vendor <{i}> & Sons", "product": f'Part "{i}"',
             "status": "pending" if i % 2 else "done"} for i in range(60)]},
}


def write(folder, count=500):
    """Puts templates, contexts and `count` different templates to compile into a folder."""
    for name, text in FILES.items():
        (folder / name).write_text(text)
    for name, context in CONTEXTS.items():
        (folder / f"{name}.json").write_text(json.dumps(context))
    compiled = folder / "compile"
    compiled.mkdir()
    sources = list(FILES.values())
    for i in range(count):
        (compiled / f"t{i:03}.txt").write_text(f"{sources[i % len(sources)]}\n{{# {i} #}}")
