import Negotiation

extension Office {
    /// The most endpoints of one organization.
    static let mostEndpoints = 100
    /// Hours for which the older secret counts during a rotation, unless told.
    public static let overlapHours = 24
    /// The most hours for which it may.
    public static let longestOverlapHours = 168

    /// Adds an address at which a provider may deliver at once.
    ///
    /// - Returns: the endpoint, and the secret where it was made here, which is shown this once.
    public func addInboundEndpoint(_ draft: InboundEndpointDraft, by caller: Caller) async throws -> (
        endpoint: InboundEndpoint, secret: String?
    ) {
        try requireAdministrator(caller, to: "change webhook endpoints")
        return try await settling(caller.organizationID) {
            guard try await books.inbound.endpoints(caller.organizationID).count < Self.mostEndpoints else {
                throw DeskError.conflict(
                    "too_many_endpoints", "An organization has at most \(Self.mostEndpoints) endpoints.")
            }
            let made =
                try draft.secret == nil && draft.publicKey == nil ? inbound.newSecret(draft.provider) : nil
            let secret = try draft.secret.map { try Field.text($0, "secret", longest: 4000) } ?? made
            let endpoint = InboundEndpoint(
                id: clock.newID(), organizationID: caller.organizationID, provider: draft.provider,
                name: draft.name.isEmpty ? "" : try Field.text(draft.name, "name", longest: 255),
                sealedSecrets: try secret.map { [try inbound.seal($0)] } ?? [],
                publicKeys: try draft.publicKey.map { [try Self.oneLine($0)] } ?? [],
                audience: try draft.audience.map { try Field.text($0, "audience", longest: 2000) },
                settings: try Self.checked(draft.settings), createdAt: clock.now())
            try inbound.check(endpoint, [secret].compactMap { $0 })
            let record = endpointRecord(endpoint, "created", "added", caller.origin)
            return ((endpoint, made), [.addInboundEndpoint(endpoint), record])
        }
    }

    /// Gives an endpoint a new secret or public key; the old one counts as well for a while.
    ///
    /// - Parameter overlapHours: for how long; 0 ends it at once.
    /// - Returns: the endpoint, and the secret where it was made here.
    public func rotateInboundEndpoint(
        _ id: InboundEndpointID, secret: String?, publicKey: String?, overlapHours: Int, by caller: Caller
    ) async throws -> (endpoint: InboundEndpoint, secret: String?) {
        try requireAdministrator(caller, to: "change webhook endpoints")
        guard (0...Self.longestOverlapHours).contains(overlapHours) else {
            throw DeskError.invalid(
                field: "overlap_hours", "must be between 0 and \(Self.longestOverlapHours)")
        }
        return try await settling(caller.organizationID) {
            var endpoint = try await inboundEndpoint(caller.organizationID, id)
            let now = clock.now()
            let made = try secret == nil && publicKey == nil ? inbound.newSecret(endpoint.provider) : nil
            guard secret != nil || publicKey != nil || made != nil else {
                throw DeskError.invalid(
                    field: "secret", "is needed: \(endpoint.provider) makes it, copy it from there")
            }
            if let secret = try secret.map({ try Field.text($0, "secret", longest: 4000) }) ?? made {
                endpoint.sealedSecrets = [try inbound.seal(secret)] + endpoint.sealedSecrets.prefix(1)
            }
            if let publicKey {
                endpoint.publicKeys = [try Self.oneLine(publicKey)] + endpoint.publicKeys.prefix(1)
            }
            endpoint.overlapEnds = overlapHours == 0 ? nil : now.advanced(byHours: overlapHours)
            try inbound.check(endpoint, try inboundSecrets(of: endpoint))
            let record = endpointRecord(endpoint, "rotated", "got a new secret or key", caller.origin)
            return ((endpoint, made), [.updateInboundEndpoint(endpoint, at: now), record])
        }
    }

    /// Takes an endpoint away: what is delivered there from now on is unknown. Its events stay.
    public func removeInboundEndpoint(_ id: InboundEndpointID, by caller: Caller) async throws {
        try requireAdministrator(caller, to: "change webhook endpoints")
        let endpoint = try await inboundEndpoint(caller.organizationID, id)
        let record = endpointRecord(endpoint, "removed", "removed", caller.origin)
        try await commit(
            caller.organizationID, [.removeInboundEndpoint(id, at: clock.now()), record])
    }

    /// Posts a signed sample to an endpoint by its public address, the way that a provider would take.
    public func tryInboundEndpoint(_ id: InboundEndpointID, by caller: Caller) async throws -> InboundTrial {
        try requireAdministrator(caller, to: "change webhook endpoints")
        let endpoint = try await inboundEndpoint(caller.organizationID, id)
        guard let trial = try await inbound.trySample(endpoint, try inboundSecrets(of: endpoint)) else {
            throw DeskError.conflict(
                "only_the_provider_signs",
                "Only \(endpoint.provider) has the key to sign for this endpoint: send a test from there.")
        }
        return trial
    }

    /// Writes down who delivers to an endpoint that had not been told, so that nobody else can from now on.
    ///
    /// - Returns: whether that is who may.
    public func pinOrigin(_ origin: String, of endpoint: InboundEndpoint) async throws -> Bool {
        try await settling(endpoint.organizationID) {
            var current = try await inboundEndpoint(endpoint.organizationID, endpoint.id)
            guard current.settings.origins.isEmpty else {
                return (current.settings.origins.contains(origin), [])
            }
            current.settings.origins = [origin]
            let record = endpointRecord(current, "pinned", "takes deliveries of \(origin) only", .parley)
            return (true, [.updateInboundEndpoint(current, at: clock.now()), record])
        }
    }

    /// The secrets that count now, in clear text.
    public func inboundSecrets(of endpoint: InboundEndpoint) throws -> [String] {
        try endpoint.inForce(endpoint.sealedSecrets, at: clock.now()).map { try inbound.unseal($0) }
    }

    /// One of the organization's own endpoints.
    public func inboundEndpoint(_ organization: OrganizationID, _ id: InboundEndpointID) async throws
        -> InboundEndpoint
    {
        let all = try await books.inbound.endpoints(organization)
        guard let endpoint = all.first(where: { $0.id == id }) else {
            throw DeskError.notFound("webhook endpoint")
        }
        return endpoint
    }

    /// A key without the line breaks that PEM has.
    private static func oneLine(_ key: String) throws -> String {
        try Field.text(key.filter { !$0.isNewline }, "public_key", longest: 4000)
    }

    private static func checked(_ settings: InboundSettings) throws -> InboundSettings {
        var checked = settings
        guard settings.origins.count <= 100, settings.tiers.count <= 100 else {
            throw DeskError.invalid(field: "origins", "at most 100 are kept")
        }
        checked.origins = try settings.origins.map { try Field.text($0, "origins", longest: 500) }
        checked.topic = try settings.topic.map { topic in
            let parts = topic.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 4, parts[0] == "projects", parts[2] == "topics",
                parts.allSatisfy({ !$0.isEmpty })
            else { throw DeskError.invalid(field: "topic", "must look like projects/mine/topics/mail") }
            return try Field.text(topic, "topic", longest: 500)
        }
        checked.customer = try settings.customer.map { try Field.text($0, "customer", longest: 255) }
        for (price, tier) in settings.tiers {
            _ = try Field.text(price, "tiers", longest: 255)
            _ = try Field.text(tier, "tiers", longest: 50)
        }
        return checked
    }

    private func endpointRecord(
        _ endpoint: InboundEndpoint, _ what: String, _ words: String, _ origin: Origin
    ) -> Change {
        .audit(
            AuditEntry(
                action: "webhook_endpoint.\(what)", entityType: "webhook_endpoint",
                entityID: endpoint.id.uuid,
                description: "Endpoint \(endpoint.name.isEmpty ? endpoint.provider : endpoint.name) \(words)",
                origin: origin, at: clock.now()))
    }
}
