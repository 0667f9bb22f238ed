import Negotiation

extension Office {
    /// Lets somebody decide for somebody who is away. Everybody may do so for themselves, administrators for all.
    public func delegate(
        from absent: UserID? = nil, to stand: UserID, begins: Instant?, ends: Instant, by caller: Caller
    ) async throws -> ApprovalDelegation {
        let now = clock.now()
        let from = absent ?? caller.user.id
        guard from == caller.user.id || caller.user.role.mayAdminister else {
            throw DeskError.forbidden("Only an administrator may delegate for somebody else.")
        }
        let begins = max(begins ?? now, now)
        guard ends > begins else { throw DeskError.invalid(field: "ends_at", "must be later than it begins") }
        guard Delegation(from: from.person, to: stand.person, begins: begins, ends: ends) != nil else {
            throw from == stand
                ? DeskError.invalid(field: "to", "must be somebody else")
                : DeskError.invalid(field: "ends_at", "must be at most \(Delegation.longestDays) days later")
        }
        guard let absentUser = try await books.people.user(caller.organizationID, from), absentUser.isActive
        else { throw DeskError.invalid(field: "from", "is nobody of your organization") }
        guard let user = try await books.people.user(caller.organizationID, stand), user.isActive else {
            throw DeskError.invalid(field: "to", "is nobody of your organization")
        }
        guard user.role.mayWrite else {
            throw DeskError.invalid(field: "to", "may only look; choose somebody who may write")
        }
        let delegation = ApprovalDelegation(
            id: clock.newID(), organizationID: caller.organizationID, from: from, to: stand, begins: begins,
            ends: ends, createdBy: caller.user.id, createdAt: now)
        let words = "\(user.fullName) decides for \(absentUser.fullName) from \(begins) to \(ends)"
        try await commit(
            caller.organizationID,
            [
                .addDelegation(delegation),
                audit("approval_delegation.created", delegation.id, words, by: caller),
            ]
                + notifying(
                    stand, type: "system_alert", title: "You decide on approvals for \(absentUser.fullName)",
                    message: words, about: nil, at: now))
        return delegation
    }

    /// Ends a delegation before its time.
    public func endDelegation(_ id: ApprovalDelegationID, by caller: Caller) async throws {
        let now = clock.now()
        let open = try await books.approvals.delegations(caller.organizationID, now)
        guard let delegation = open.first(where: { $0.id == id }) else {
            throw DeskError.notFound("delegation")
        }
        guard delegation.from == caller.user.id || caller.user.role.mayAdminister else {
            throw DeskError.forbidden("Only whoever is away, or an administrator, may end a delegation.")
        }
        try await commit(
            caller.organizationID,
            [
                .endDelegation(id, at: now),
                audit("approval_delegation.ended", id, "A delegation was ended", by: caller),
            ])
    }

    /// Sets how the caller is asked for approvals.
    public func setApprovalMail(_ mail: ApprovalMail, by caller: Caller) async throws {
        if case .digest(let hour) = mail, !(0...23).contains(hour) {
            throw DeskError.invalid(field: "digest_hour", "must be a full hour from 0 to 23, in UTC")
        }
        var changes = [Change.setApprovalMail(caller.user.id, mail)]
        if let next = mail.nextDigest(after: clock.now()) {
            changes.append(
                enqueueing(.sendApprovalDigest(caller.user.id), for: caller.organizationID, at: next))
        }
        try await commit(caller.organizationID, changes)
    }

    private func audit<Record>(
        _ action: String, _ id: Identifier<Record>, _ description: String, by caller: Caller
    ) -> Change {
        .audit(
            AuditEntry(
                action: action, entityType: String(action.prefix { $0 != "." }), entityID: id.uuid,
                description: description, origin: caller.origin, at: clock.now()))
    }
}
