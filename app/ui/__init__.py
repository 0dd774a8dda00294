"""Everything Qt: windows, tray, threads. Nobody outside this package imports PySide6, except the assembly."""
