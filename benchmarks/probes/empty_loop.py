"""The floor of every gap: a Qt loop with nothing to do. Takes ``gaps SECONDS`` on standard input."""

from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.probes.gaps import Gaps
from benchmarks.probes.listener import Listener, say

app = QApplication([])
window = QWidget()
window.resize(1920, 1080)
window.show()
gaps = Gaps()
gaps.measured.connect(lambda figure: say("gaps", figure))
listener = Listener()
listener.ordered.connect(lambda order: gaps.measure(float(order.split()[1])) if order else app.quit())
listener.start()
say("ready")
app.exec()
