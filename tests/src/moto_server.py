"""moto, and what of IAM it has not: an empty ListServiceSpecificCredentials, and, with --simulates, SimulatePrincipalPolicy, which is
moto's own evaluation of policies, asked for one principal at a time.

Conditions are known as far as the tests' policies have them: texts, Bool, IpAddress.
"""

import fnmatch
import ipaddress
import json
import sys

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.responses import IamResponse
from moto.server import main


def policies_of(backend, arn):
    name = arn.rsplit("/", 1)[1]
    holder = backend.get_role(name) if ":role/" in arn else backend.get_user(name)
    inline = holder.policies
    texts = inline.values() if isinstance(inline, dict) else [one["policy_document"] for one in inline]
    managed = holder.managed_policies.values()
    boundary = getattr(holder, "permissions_boundary_arn", None)
    return [*texts, *managed], backend.get_policy(boundary) if boundary else None


def is_met(operator, key, wanted, context, missing):
    """One condition; a key that the request does not bring is not met, and is told as missing."""
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if key not in context:
        missing.add(key)
        return operator.endswith("IfExists")
    value = context[key]
    if operator.startswith("IpAddress"):
        return any(ipaddress.ip_address(value) in ipaddress.ip_network(one) for one in wanted)
    return any(fnmatch.fnmatchcase(value.lower(), str(one).lower()) for one in wanted)


def without_unmet(policy, context, missing):
    """The policy's statements whose conditions the context meets, as moto takes a policy."""
    document = json.loads(policy) if isinstance(policy, str) else IAMPolicy(policy)._policy_json
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    kept = []
    for statement in statements:
        statement = dict(statement)
        conditions = statement.pop("Condition", {}).items()
        pairs = [(operator, key, wanted) for operator, keys in conditions for key, wanted in keys.items()]
        if all([is_met(operator, key, wanted, context, missing) for operator, key, wanted in pairs]):
            kept.append(statement)
    return json.dumps({"Statement": kept})


def decision(policies, action, resource, context, missing):
    results = [IAMPolicy(without_unmet(policy, context, missing)).is_action_permitted(action, resource) for policy in policies]
    if PermissionResult.DENIED in results:
        return "explicitDeny"
    return "allowed" if PermissionResult.PERMITTED in results else "implicitDeny"


def simulate_principal_policy(self):
    policies, boundary = policies_of(self.backend, self._get_param("PolicySourceArn"))
    context = {entry["ContextKeyName"]: entry["ContextKeyValues"][0] for entry in self._get_param("ContextEntries") or []}
    resource = (self._get_param("ResourceArns") or ["*"])[0]
    results = []
    for action in self._get_param("ActionNames"):
        missing = set()
        result = {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision(policies, action, resource, context, missing)}
        result["MissingContextValues"] = sorted(missing)
        if boundary is not None:
            is_below = decision([boundary], action, resource, context, missing) == "allowed"
            result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": is_below}
            if not is_below:
                result["EvalDecision"] = "implicitDeny"
        results.append(result)
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def list_service_specific_credentials(self):
    return ActionResult({"ServiceSpecificCredentials": []})


IamResponse.list_service_specific_credentials = list_service_specific_credentials
words = sys.argv[1:]
if words[0] == "--simulates":
    IamResponse.simulate_principal_policy = simulate_principal_policy
    words = words[1:]
main(words)
