import Desk
import Negotiation
import Secrets

/// Signing in, for programs.
enum AuthOperations {
    static let all = [login, refresh, logout, me]

    /// How long an access token is good for, in seconds.
    static let accessSeconds: Int64 = 900

    private static let login = Operation(
        method: .post, path: "/v1/auth/login", name: "login", group: "Signing in",
        summary: "Exchanges an address and a password for an access token and a refresh token", access: .open,
        body: BodyShape([.required("email", .text), .required("password", .text)]),
        success: .one("SignIn")
    ) { call in
        let begun = try await call.office.signIn(
            email: call.body.needed("email", call.body.text("email")),
            password: call.body.needed("password", call.body.text("password")), as: .refresh,
            ipAddress: call.origin.ipAddress)
        return .ok(Shapes.signIn.json(tokens(of: begun, call)))
    }

    private static let refresh = Operation(
        method: .post, path: "/v1/auth/refresh", name: "refresh", group: "Signing in",
        summary: "Exchanges a refresh token for new tokens; the old one is dead", access: .open,
        body: BodyShape([.required("refresh_token", .text)]), success: .one("SignIn")
    ) { call in
        let secret = try call.body.needed("refresh_token", call.body.text("refresh_token"))
        return .ok(Shapes.signIn.json(tokens(of: try await call.office.refresh(secret), call)))
    }

    private static let logout = Operation(
        method: .post, path: "/v1/auth/logout", name: "logout", group: "Signing in",
        summary: "Ends a refresh token; its last access token runs out by itself", access: .open,
        body: BodyShape([.required("refresh_token", .text)]), success: .nothing
    ) { call in
        let secret = try call.body.needed("refresh_token", call.body.text("refresh_token"))
        try await call.office.signOut(secret, kind: .refresh)
        return .nothing
    }

    private static let me = Operation(
        method: .get, path: "/v1/me", name: "getMe", group: "Signing in", summary: "Who the caller is",
        success: .one("Me")
    ) { call in
        let caller = try call.caller
        guard let organization = try await call.office.books.people.organization(caller.organizationID) else {
            throw Problem.notFound("organization")
        }
        return .ok(Shapes.me.json(Me(user: caller.user, organization: organization, scopes: caller.scopes)))
    }

    private static func tokens(of begun: BegunSession, _ call: APICall) -> SignInTokens {
        let now = call.office.clock.now().seconds
        let claims = AccessClaims(
            subject: begun.user.id.uuid, organization: begun.user.organizationID.uuid,
            role: begun.user.role.rawValue, session: begun.session.id.uuid, issuedAt: now,
            expiresAt: now + accessSeconds)
        return SignInTokens(
            accessToken: AccessTokenSigner(call.reception.secretKey).sign(claims),
            refreshToken: begun.secret, expiresIn: Int(accessSeconds))
    }
}
