"""What stands on the screen: one panel a file, none knows another, none knows a network.

How the console uses them
-------------------------
Every panel takes ``(words, theme, ...)`` in its constructor and has ``retranslate()`` and ``set_theme(theme)``. The
colours of ordinary widgets come from one style sheet: ``app.setStyleSheet(common.style.style_sheet(theme, family))``.
Panels that name things take the shared ``names.Names``, which the console fills (``set_town``, ``set_grids``,
``set_people``, ``set_me``) and follows with ``refresh()`` on the panels. Time comes in by ``set_now(now)``, once a
second, in the service's time, aware UTC. What a person wants comes out as a signal that carries one frozen value of
``intents``.

=====================  ================================================================================================
``case_list.panel``    ``CaseListPanel(words, theme, names)``: ``set_cases(cases, now)``, ``update_cases``,
                       ``select(case_no | None)``, ``set_now``, ``set_tab``, ``set_loading``; ``case_selected(object)``
                       CaseNo or None, ``case_opened(object)`` on Enter, ``letter_pressed(str)`` for the card
``case_card.panel``    ``CaseCard(words, theme, names)``: ``show_case(case, steps)`` (again on every change of it),
                       ``set_changes``, ``set_candidates``, ``set_photo``, ``set_contacts``, ``set_busy``,
                       ``set_fault(text)``, ``action_done``, ``set_now``, ``press_key(letter)``, ``set_lookup``;
                       ``action_requested(ActionIntent)``, ``reveal_requested(RevealIntent)``,
                       ``photo_requested(PhotoWanted)``, ``locate_requested(CaseNo)``, ``typing_changed(bool)``
``unit_board.panel``   ``UnitBoard(words, theme, names)``: ``set_picture(units, staff, ..., now)``,
                       ``set_now``, ``select(unit_id | None)``; ``unit_selected(object)``
``today``              ``TodayPanel(words, theme)``: ``set_figures(domain.today.Today | None)``
``top_bar``            ``TopBar(words, theme)``: ``set_room``, ``set_person``, ``set_overdue``, ``set_line``,
                       ``set_now(now, timezone)``;
                       ``command_requested()``, ``overdue_requested()``, ``line_requested()``
``notices``            ``NoticeStrip(words, theme)``: ``show_notice(Notice)``, ``withdraw(key)``;
                       ``action_requested(str)``
``sign_in``            ``SignInPanel(words, theme)``: ``set_server``, ``set_busy``, ``set_fault``;
                       ``sign_in_requested(SignInIntent)``, ``language_picked(str)``, ``theme_picked(str)``
``report_form``        ``ReportForm(words, theme, names)``: ``set_place``, ``set_busy``, ``set_fault``,
                       ``open_form``, ``clear``;
                       ``report_requested(ReportIntent)``, ``place_requested()``, ``closed()``
``command_bar``        ``CommandBar(words, theme)``: ``set_source(callable)``, ``set_anchor``, ``open_bar()``;
                       ``hit_chosen(Hit)``
``help_sheet``         ``HelpSheet(words, theme)``: ``open_sheet()``
=====================  ================================================================================================
"""
