"""Every connection between objects of the desk, in titled blocks. Panels do not know each other: they meet here."""

from functools import partial
from typing import TYPE_CHECKING

from client.room import Room
from console.deskactions import ON_DESK
from console.gridkeeper import ACTION as GRID_KEEPER

if TYPE_CHECKING:
    from console.desk import Desk


def connect(desk: "Desk") -> None:
    """Connect everything. Called once, when all has been built."""
    _connect_life(desk)
    _connect_session(desk)
    _connect_selection(desk)
    _connect_intake(desk)
    _connect_intents(desk)
    _connect_photos(desk)
    _connect_bars_and_sheets(desk)
    _connect_outbox(desk)
    _connect_map(desk)
    _connect_addresses(desk)
    _connect_appearance(desk)


def _connect_life(desk: "Desk") -> None:
    desk.window.close_requested.connect(desk.request_close)
    desk.window.escape_pressed.connect(desk.on_escape)
    desk.actions.enable((*ON_DESK, "admin", "stop_reading"), False)
    desk.actions.tell_forbidden(partial(_say_not_yours, desk))


def _say_not_yours(desk: "Desk", action: str) -> None:
    desk.notices.info("desk.key.not_yours", replace="card", action=f"menu.{action}")


def _connect_session(desk: "Desk") -> None:
    reception = desk.reception
    door = desk.late_sign_in
    door.then(lambda panel: panel.sign_in_requested.connect(reception.on_sign_in_requested))
    door.then(lambda panel: panel.language_picked.connect(desk.appearance.use_language))
    door.then(lambda panel: panel.theme_picked.connect(desk.appearance.use_theme))
    door.then(lambda panel: desk.appearance.dress([panel]))
    desk.session.signing_in.connect(reception.on_signing_in)
    desk.session.began.connect(reception.on_began)
    desk.session.refused.connect(reception.on_refused)
    desk.session.ended.connect(reception.on_ended)
    reception.opened.connect(desk.on_opened)
    reception.closed.connect(desk.on_closed)
    reception.reloaded.connect(desk.on_reloaded)
    reception.reloaded.connect(desk.looking.on_reloaded)
    reception.reloaded.connect(desk.admin.on_reloaded)
    reception.closed.connect(desk.admin.on_closed)
    desk.session.password_wanted.connect(reception.on_password_wanted)
    desk.session.password_wanted.connect(desk.admin.ask_first_password)
    reception.line_altered.connect(desk.on_second)


def follow(desk: "Desk", room: Room) -> None:
    """Let every feed hear of what alters in a room; the map's comes first, since others read its holdings."""
    for feed in (desk.register, desk.map_feed, desk.room_feed, desk.card_feed, desk.intake):
        room.on_delta(feed.take)
    room.on_delta(desk.reception.on_delta)
    room.on_delta(desk.crew.take)
    room.on_delta(desk.admin.on_delta)
    room.on_delta(desk.presence.take)
    room.on_line(desk.presence.on_line)
    room.on_line(desk.reception.on_line)
    room.on_line(desk.outbox.on_line)
    room.on_fault(desk.reception.on_fault)


def _connect_selection(desk: "Desk") -> None:
    panels, selection = desk.panels, desk.selection
    panels.case_list.case_selected.connect(selection.select_case)
    panels.case_list.case_opened.connect(desk.scout.on_case_opened)
    panels.case_list.letter_pressed.connect(panels.press_card_key)
    desk.frame.letter_pressed.connect(panels.press_card_key)
    panels.map.case_picked.connect(desk.scout.on_case_picked)
    panels.map.thing_picked.connect(desk.scout.on_thing_picked)
    board = panels.late_board
    panels.case_list.escaped.connect(desk.on_list_escape)
    board.then(lambda board: board.escaped.connect(desk.on_list_escape))
    board.then(lambda board: board.unit_selected.connect(selection.select_unit))
    board.then(lambda board: board.assign_requested.connect(desk.clerk.on_unit_assigned))
    board.then(lambda board: board.case_dropped.connect(desk.clerk.on_case_dropped))
    selection.case_changed.connect(panels.case_list.select)
    selection.case_changed.connect(panels.map.select_case)
    selection.case_changed.connect(desk.scout.on_case_changed)
    selection.case_changed.connect(desk.card_feed.show)
    selection.case_changed.connect(desk.presence.on_case_changed)
    board.then(lambda board: selection.unit_changed.connect(board.select))
    selection.unit_changed.connect(desk.scout.on_unit_changed)


def _connect_intake(desk: "Desk") -> None:
    panels = desk.panels
    desk.selection.case_changed.connect(desk.intake.duplicates.on_case_changed)
    panels.late_card.then(lambda card: card.case_wanted.connect(desk.selection.select_case))
    panels.late_report_form.then(lambda form: form.telling_changed.connect(desk.intake.duplicates.on_telling_changed))
    panels.late_report_form.then(lambda form: form.thumb_wanted.connect(desk.scout.on_photo_requested))
    panels.late_report_form.then(lambda form: form.set_now(desk.service_now()))
    desk.photos.loaded.connect(desk.scout.on_photo_loaded)
    panels.case_list.bulk_wanted.connect(desk.intake.ask_bulk)
    late_sheet, bulk = desk.intake.late_bulk_sheet, desk.intake.bulk
    late_sheet.then(lambda sheet: sheet.requested.connect(bulk.run))
    late_sheet.then(lambda sheet: sheet.stopped.connect(bulk.stop))
    desk.intake.bulk.result.connect(desk.intake.on_bulk_result)
    late_sheet.then(lambda sheet: bulk.over.connect(sheet.show_end))
    holds, strip = desk.intake.holds, desk.intake.held_strip
    holds.altered.connect(strip.show_rows)
    holds.altered.connect(desk.frame.place_notices)  # at once: it is not to be seen anywhere else first
    holds.held.connect(desk.clerk.on_held)
    holds.dropped.connect(desk.clerk.on_dropped)
    holds.taken_back.connect(desk.clerk.on_taken_back)
    strip.take_back.connect(holds.take_back)
    strip.send_now.connect(holds.send_all)
    desk.intents.report_merged.connect(desk.clerk.on_report_merged)


def _connect_intents(desk: "Desk") -> None:
    panels, intents, clerk = desk.panels, desk.intents, desk.clerk
    panels.late_card.then(lambda card: card.action_requested.connect(desk.intake.holds.ask))
    panels.late_card.then(lambda card: card.reveal_requested.connect(intents.reveal))
    panels.late_card.then(lambda card: card.told.connect(clerk.on_card_told))
    panels.late_card.then(lambda card: card.form_gone.connect(clerk.on_form_gone))
    panels.late_report_form.then(lambda form: form.report_requested.connect(intents.report))
    intents.started.connect(clerk.on_started)
    intents.done.connect(clerk.on_done)
    intents.refused.connect(clerk.on_refused)
    intents.delayed.connect(clerk.on_delayed)
    intents.report_delayed.connect(clerk.on_report_delayed)
    intents.revealed.connect(clerk.on_revealed)
    intents.report_done.connect(clerk.on_report_done)
    intents.report_refused.connect(clerk.on_report_refused)
    desk.card_feed.case_left.connect(clerk.on_case_left)


def _connect_photos(desk: "Desk") -> None:
    desk.panels.late_card.then(lambda card: card.photo_requested.connect(desk.scout.on_photo_requested))
    desk.photos.loaded.connect(desk.card_feed.put_photo)
    desk.photos.failed.connect(desk.card_feed.miss_photo)


def _connect_bars_and_sheets(desk: "Desk") -> None:
    panels = desk.panels
    panels.command_bar.set_source(desk.finder.find)
    desk.finder.tell_ready(panels.command_bar.search_again)
    panels.command_bar.opened.connect(desk.finder.on_opened)
    desk.finder.use_steps(panels.card_steps)
    panels.help_sheet.set_source(lambda: desk.actions.key_list(ON_DESK))  # not what another role may do
    panels.command_bar.hit_chosen.connect(desk.scout.on_hit_chosen)
    panels.top_bar.command_requested.connect(panels.command_bar.open_bar)
    panels.top_bar.overdue_requested.connect(desk.scout.on_overdue_requested)
    panels.late_report_form.then(lambda form: form.closed.connect(panels.show_card))
    panels.late_report_form.then(lambda form: form.place_requested.connect(desk.scout.on_place_requested))
    desk.notice_feed.action_requested.connect(desk.actions.trigger)
    desk.scout.action_chosen.connect(desk.actions.trigger)


def _connect_outbox(desk: "Desk") -> None:
    desk.card_feed.look_ahead(desk.outbox.ahead)
    desk.room_feed.stale_since.connect(desk.veils.show)
    desk.selection.case_changed.connect(desk.outbox_desk.mark_card)
    desk.panels.late_card.then(lambda card: card.waiting_requested.connect(desk.outbox_desk.open))
    desk.panels.top_bar.outbox_requested.connect(desk.outbox_desk.open)
    desk.panels.top_bar.line_requested.connect(desk.outbox_desk.open)
    desk.reception.closed.connect(desk.outbox_desk.on_closed)
    desk.reception.closed.connect(desk.crew.on_closed)


def _connect_map(desk: "Desk") -> None:
    panels = desk.panels
    panels.late_card.then(lambda card: card.locate_requested.connect(desk.scout.on_locate_requested))
    panels.map.place_picked.connect(desk.scout.on_place_picked)
    panels.late_card.then(lambda card: card.place_requested.connect(desk.scout.on_card_place_requested))
    panels.map.camera_changed.connect(desk.looking.on_camera_changed)
    panels.map.add_layer_wanted.connect(desk.crew.on_layer_wanted)
    panels.map.remove_layer_wanted.connect(desk.crew.on_layer_unwanted)
    panels.map.files_dropped.connect(desk.crew.on_files_dropped)
    panels.map.overlays.layer_tree.offer_add(True)
    desk.register.changed.connect(desk.register_layers.on_changed)
    desk.register.readings_changed.connect(desk.register_layers.on_readings)
    for picked, heard in (
        (panels.map.grid_picked, desk.picks.on_grid_picked),
        (panels.map.entry_picked, desk.picks.on_entry_picked),
        (panels.map.thing_picked, desk.picks.on_thing_picked),
        (panels.map.overlays.pick_card.closed, desk.picks.on_closed),
    ):
        picked.connect(heard)
    desk.map_feed.lamps_changed.connect(desk.scout.on_lamps_changed)
    desk.map_feed.cases_loaded.connect(desk.first_picture.show)
    desk.map_feed.cases_loaded.connect(desk.picks.refresh)
    desk.map_feed.shapes_loaded.connect(desk.on_shapes_loaded)


def _connect_addresses(desk: "Desk") -> None:
    desk.actions.enable((GRID_KEEPER,), False)
    desk.reception.reloaded.connect(desk.grid_keeper.on_reloaded)
    desk.panels.command_bar.searched.connect(desk.addresses.on_searched)
    desk.scout.report_placed.connect(desk.addresses.on_place_picked)
    desk.panels.late_report_form.then(desk.addresses.connect_form)


def _connect_appearance(desk: "Desk") -> None:
    appearance = desk.appearance
    appearance.dress([desk.intake.held_strip, *desk.panels.dressed()])
    desk.intake.late_bulk_sheet.then(lambda sheet: appearance.dress([sheet]))
    desk.panels.late_report_form.then(lambda form: appearance.dress([form]))
    for late in (desk.panels.late_card, desk.panels.late_board, desk.panels.late_today):
        late.then(lambda part: appearance.dress([part]))
    appearance.language_changed.connect(desk.on_language_changed)
    appearance.theme_changed.connect(desk.on_theme_changed)
