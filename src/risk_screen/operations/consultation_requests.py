"""The bureau asks for a consultation that no route opened."""

from typing import Final

from risk_screen.access.roles import Permission
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_opening import Registration, open_consultation
from risk_screen.operations.consultation_view import as_json
from risk_screen.operations.idempotency import Answer, answer_once
from risk_screen.operations.screening import REGISTRATION, AssessmentNotFoundError
from risk_screen.operations.store import Store
from risk_screen.storage.assessments import origin_of, route_of
from risk_screen.storage.changes import Change
from risk_screen.storage.consultations import consultation_about

CREATED: Final = 201


class ConsultationsOffError(RiskScreenError):
    """The rulebook has no consultation.yaml."""

    code = "consultations_off"

    def __init__(self) -> None:
        super().__init__("本区没有启用会商：规则库里没有 consultation.yaml，请联系维护人员。")


class OnlyRegistrationsError(RiskScreenError):
    """Only registrations are consulted on and come to something."""

    code = "only_registrations"

    def __init__(self) -> None:
        super().__init__("这不是企业登记的筛查结果，不能会商，也没有登记结果：请检查编号。")


def request_consultation(store: Store, asking: Asking, assessment_id: str, request: str) -> Answer:
    """Open a consultation that no route opened; one that is there already is returned (200 instead of 201).

    Raises
    ------
    AssessmentNotFoundError, OnlyRegistrationsError, ConsultationsOffError, StoreUnavailableError
    """

    def work(change: Change) -> Answer:
        change.take_turn()
        origin = origin_of(change.connection, assessment_id)
        if origin is None or not asking.identity.reach(Permission.READ_ASSESSMENT).covers(origin):
            raise AssessmentNotFoundError
        found = consultation_about(change.connection, assessment_id)
        if found is not None:
            return Answer(as_json(change.connection, asking.identity, found))
        channel, route = route_of(change.connection, assessment_id)
        if channel != REGISTRATION:
            raise OnlyRegistrationsError
        if store.terms is None:
            raise ConsultationsOffError
        registration = Registration(assessment_id, route, origin, request=request)
        opened = open_consultation(change, store.terms, registration, asking.identity.actor)
        change.settle()
        return Answer(as_json(change.connection, asking.identity, opened), CREATED)

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))
