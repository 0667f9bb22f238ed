import Desk
import Negotiation
import Secrets
import Testing

@testable import Web

/// Who has to approve what, and who decides while somebody is away, by the API.
@Suite("Approvals by the API") struct ApprovalAPITests {
    private static let plain =
        #""approvals_required":1,"approver_roles":["manager"],"allow_self_approval":false,"link_allowed":true,"expires_after_hours":72"#

    @Test("a policy that makes use of everything comes back as it was sent, is changed and retired")
    func everything() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let person = "\(team.manager.id)"
            let added = try await visit.post(
                "/v1/approval-policies", key: team.key,
                """
                {"name":"Large","min_amount":"1000","below_amount":"50000","currency":"EUR",
                "kinds":["acceptance","counter"],"vendors":["new","changed_address"],"deviation_percent":10,
                "adds_up_over_days":30,"approvals_required":1,"approver_roles":[],"approvers":["\(person)"],
                "further_groups":[{"approvals":2,"roles":["org_admin","manager"]}],"order":"in_turn",
                "allow_self_approval":false,"link_allowed":true,"link_up_to":"5000","expires_after_hours":72,
                "remind_after_hours":24,"escalation":{"after_hours":48,"roles":["org_admin"]}}
                """)
            #expect(added.status == 201, "\(added.text)")
            for (member, value) in [
                ("below_amount", "50000.00"), ("link_up_to", "5000.00"), ("currency", "EUR"),
                ("kinds.0", "acceptance"), ("vendors.0", "changed_address"), ("approvers.0", person),
                ("further_groups.0.roles.0", "org_admin"), ("order", "in_turn"),
                ("escalation.roles.0", "org_admin"),
            ] {
                #expect(try added.string(member) == value)
            }
            let id = try #require(try added.string("id"))
            let changed = try await visit.call(
                .put, "/v1/approval-policies/\(id)", key: team.key, json: "{\"name\":\"Small\",\(Self.plain)}"
            )
            #expect(changed.status == 200, "\(changed.text)")
            let list = try await visit.get("/v1/approval-policies", key: team.key)
            #expect(try list.string("items.0.name") == "Small")
            #expect(try list.member("items")?.array?.count == 1)
            #expect(try await visit.call(.delete, "/v1/approval-policies/\(id)", key: team.key).status == 204)
            #expect(try await visit.call(.delete, "/v1/approval-policies/\(id)", key: team.key).status == 404)
        }
    }

    @Test(
        "a policy that makes no sense is refused by field",
        arguments: [
            (#""min_amount":"5""#, "currency"), (#""currency":"EUR""#, "min_amount"),
            (#""min_amount":"5","below_amount":"5","currency":"EUR""#, "below_amount"),
            (#""deviation_percent":0"#, "deviation_percent"), (#""kinds":[]"#, "kinds"),
            (#""vendors":[]"#, "vendors"), (#""adds_up_over_days":367"#, "adds_up_over_days"),
            (#""remind_after_hours":72"#, "remind_after_hours"), (#""kinds":["letter"]"#, "kinds"),
            (#""escalation":{"after_hours":3}"#, "escalation"),
            (#""escalation":{"after_hours":72,"roles":["manager"]}"#, "escalation.after_hours"),
            (#""further_groups":[{"approvals":1}]"#, "further_groups"),
            (#""further_groups":[{"approvals":11,"roles":["manager"]}]"#, "further_groups[0].approvals"),
            (#""further_groups":[{"approvals":1,"role":"manager"}]"#, "further_groups[0].role"),
            (#""approvers":["everybody"]"#, "approvers"),
            (#""approvers":["00000000-0000-4000-8000-000000000000"]"#, "people"),
        ])
    func nonsense(members: String, field: String) async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let answer = try await visit.post(
                "/v1/approval-policies", key: team.key, "{\"name\":\"x\",\(Self.plain),\(members)}")
            #expect(answer.status == 422, "\(answer.text)")
            #expect(try answer.string("field") == field)
        }
        #expect(room.store.read { $0.policies.isEmpty })
    }

    @Test("the view of an approval says whether the caller may decide, what to look at, and what changed")
    func view() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (_, _, request) = try await room.opened(by: team.member)
        try await room.visiting { visit in
            let path = "/v1/approvals/\(request.id)"
            let seen = try await visit.get(path, key: try await room.accessToken(of: team.manager))
            #expect(try seen.member("may_decide")?.bool == true)
            #expect(try seen.string("warnings.0") == "There has been no deal with this vendor yet.")
            #expect(try seen.member("compared_with") == .null)
            #expect(try seen.member("missing_approvals")?.integer == 1)
            let own = try await visit.get(path, key: try await room.accessToken(of: team.member))
            #expect(try own.member("may_decide")?.bool == false)
            #expect(try own.string("refusal") == "role_may_not")
        }
    }

    @Test("whoever is away lets somebody decide, whose decision bears both names")
    func delegation() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (_, _, request) = try await room.opened(by: team.manager)
        let manager = try await room.accessToken(of: team.admin)
        let member = try await room.accessToken(of: team.member)
        let end = room.clock.now.advanced(byHours: 24)
        try await room.visiting { visit in
            let body = "{\"to\":\"\(team.member.id)\",\"ends_at\":\"\(end)\"}"
            let made = try await visit.post("/v1/approval-delegations", key: manager, body)
            #expect(made.status == 201, "\(made.text)")
            let oneself = try await visit.post("/v1/approval-delegations", key: member, body)
            #expect(try oneself.string("field") == "to")
            let decided = try await visit.post(
                "/v1/approvals/\(request.id)/decision", key: member, #"{"decision":"approve"}"#)
            #expect(decided.status == 200, "\(decided.text)")
            #expect(try decided.string("decisions.0.approver_id") == "\(team.member.id)")
            #expect(try decided.string("decisions.0.on_behalf_of") == "\(team.admin.id)")
            let id = try #require(try made.string("id"))
            let path = "/v1/approval-delegations/\(id)"
            #expect(try await visit.call(.delete, path, key: member).status == 403)
            #expect(try await visit.call(.delete, path, key: manager).status == 204)
            let list = try await visit.get("/v1/approval-delegations", key: manager)
            #expect(try list.member("items")?.array?.isEmpty == true)
        }
    }

    @Test("one chooses between a letter each and a digest, at an hour that there is")
    func mail() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let path = "/v1/me/approval-mail"
            #expect(try await visit.get(path, key: team.key).string("mode") == "each")
            let chosen = try await visit.call(
                .put, path, key: team.key, json: #"{"mode":"digest","digest_hour":7}"#)
            #expect(chosen.status == 200)
            #expect(try await visit.get(path, key: team.key).member("digest_hour")?.integer == 7)
            for body in [#"{"mode":"digest","digest_hour":24}"#, #"{"mode":"digest"}"#] {
                let refused = try await visit.call(.put, path, key: team.key, json: body)
                #expect(refused.status == 422)
                #expect(try refused.string("field") == "digest_hour")
            }
        }
    }
}
