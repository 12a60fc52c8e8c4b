"""Errors forced by the control API, in the platform's own shape."""

from local.simulators.common.faults import NextError
from local.simulators.whatsapp.errors import GraphError
from local.simulators.wire.reply import Fault, Reply, graph_json


def forced(fault: NextError) -> Reply:
    if fault.cut:
        return Reply(fault=Fault.CUT)
    if isinstance(fault.body, str):
        return Reply(fault.http, fault.body.encode(), {"Content-Type": "text/html; charset=utf-8"})
    if fault.body is not None:
        return graph_json(fault.body, fault.http)
    return GraphError(
        int(fault.code or 1), "Forced by the control API.", http=fault.http, subcode=fault.subcode
    ).reply()
