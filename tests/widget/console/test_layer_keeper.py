"""What is chosen of the layers comes back with the next run; a broken file of choices costs nothing but the choices."""

from desks import open_desk, until

from console.folders import find_folders
from console.layerkeeper import FILE_NAME
from layers.options import LayerOptions


async def test_choices_and_folded_groups_come_back_with_the_next_run() -> None:
    async with open_desk(keep=True) as desk:
        view = desk.panels.map
        view.overlays.feed()
        view.choices.choose("grids", LayerOptions(opacity=35, coarsest=50_000))
        view.choices.move("grids", 1)
        view.overlays.feed()
        view.overlays.layer_tree.rows.fold(("base",))
        desk.actions.trigger("fold_layers")
        assert view.overlays.layer_tree.folded
    async with open_desk(keep=True) as desk:
        view = desk.panels.map
        view.overlays.feed()
        item = view.item("grids")
        assert item is not None
        assert item.options == LayerOptions(opacity=35, coarsest=50_000)
        assert [item.key for item in view.items].index("grids") > [i.key for i in view.items].index("divisions")
        assert view.overlays.layer_tree.rows.folded() == ("base",)
        assert view.overlays.layer_tree.folded
        desk.actions.trigger("fold_layers")
    async with open_desk(keep=True) as desk:
        view = desk.panels.map
        assert not view.overlays.layer_tree.folded
        assert not view.choices.can_undo


async def test_what_was_chosen_is_written_soon_and_not_only_at_the_end() -> None:
    path = find_folders().config / FILE_NAME
    async with open_desk(keep=True) as desk:
        desk.layer_keeper._wait.setInterval(10)
        desk.panels.map.choices.choose("cases", LayerOptions(visible=False))
        await until(path.exists)
    assert b'"cases"' in path.read_bytes()


async def test_a_broken_file_of_choices_is_passed_over() -> None:
    path = find_folders().config / FILE_NAME
    path.parent.mkdir(parents=True)
    for content in (b"{", b'{"version": 1, "layers": {"options": {"cases": {"opacity": 900}}}}', b"[" * 100_000):
        path.write_bytes(content)
        async with open_desk(keep=True) as desk:
            item = desk.panels.map.item("cases")
            assert item is not None
            assert item.options == LayerOptions()
