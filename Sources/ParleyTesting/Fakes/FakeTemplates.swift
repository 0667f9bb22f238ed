import Desk
import Jinja
import Negotiation
import Synchronization

/// Short templates for every kind of email, rendered by the engine itself with strict undefined.
public final class FakeTemplates: Sendable {
    private let sources: Mutex<[String: EmailTemplate]>
    private let environment = Environment(options: Options(undefined: .strict))

    /// A template for each kind of email.
    public init() {
        let plain = [
            (
                "opening", "Request: {{ product_name }}",
                "We offer {{ unit_price }} {{ currency }} per piece. {{ note }}"
            ),
            (
                "counter", "Our offer: {{ product_name }}",
                "We can agree to {{ unit_price }} {{ currency }} per piece. {{ note }}"
            ),
            (
                "acceptance", "Yes: {{ product_name }}",
                "We accept {{ unit_price }} {{ currency }} per piece. {{ note }}"
            ),
            ("rejection", "No: {{ product_name }}", "We have decided not to go ahead. {{ note }}"),
            (
                "follow_up", "Reminder: {{ product_name }}",
                "We wrote to you on {{ written_on | date }} and wait for your answer."
                    + "{% if deadline %} This is the last time; we wait until {{ deadline | date }}.{% endif %}"
            ),
            (
                "approval_request", "Please approve: {{ kind }}",
                """
                {% if is_reminder %}Again: {% endif %}{{ requester_name }} asks you\
                {% if on_behalf_of %} for {{ on_behalf_of }}{% endif %}. {{ link }}
                {% for warning in warnings %}Warning: {{ warning }}
                {% endfor %}{% if vendor_replied_since %}Since then: {{ vendor_message }}
                {% endif %}{{ body }}
                """
            ),
            (
                "approval_digest", "{{ count }} wait",
                "{% for item in items %}{{ item.subject }}: {{ item.link }}\n{% endfor %}"
            ),
        ]
        sources = Mutex(
            Dictionary(
                uniqueKeysWithValues: plain.map { kind, subject, body in
                    (kind, EmailTemplate(name: "\(kind).j2", subject: subject, body: body))
                }))
    }

    /// Replaces the template of a kind.
    public func set(_ kind: String, subject: String, body: String) {
        sources.withLock { $0[kind] = EmailTemplate(name: "\(kind).j2", subject: subject, body: body) }
    }

    /// Takes the template of a kind away.
    public func remove(_ kind: String) { sources.withLock { _ = $0.removeValue(forKey: kind) } }

    /// The port of the use cases.
    public var port: TemplatePort {
        TemplatePort(
            email: { _, kind in
                guard let template = self.sources.withLock({ $0[kind] }) else {
                    throw DeskError.template(kind, "there is no such template")
                }
                return template
            },
            render: { template, variables, _ in
                do {
                    return (
                        try self.environment.compile(template.subject, name: template.name).render(variables),
                        try self.environment.compile(template.body, name: template.name).render(variables)
                    )
                } catch {
                    throw DeskError.template(template.name, "\(error)")
                }
            })
    }
}
