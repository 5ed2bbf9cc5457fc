"""Statements that come with every mail and letter: worked out once, then handed to the driver as they are.

SQLAlchemy's way there and back takes longer than either database takes to answer (docs/decisions.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

_Process = Callable[[Any], Any]


class Prepared:
    """A statement of SQLAlchemy's with the same parameters every time, none of them a list.

    Run as `Connection.execute` runs it: within the same transaction, with the same rows (as plain tuples), and raising
    the same errors, without the parameters in their text. Who listens for statements is told, without a context.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows that it finds or gives back."""
        cursor = self._run(connection, values)
        return self._compiled[connection.dialect.name].rows(cursor)

    def scalar(self, connection: sa.Connection, values: Mapping[str, Any]) -> Any:
        """The first column of the first row; None where there is none."""
        rows = self.rows(connection, values)
        return rows[0][0] if rows else None

    def rowcount(self, connection: sa.Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return int(self._run(connection, values).rowcount)

    def _run(self, connection: sa.Connection, values: Mapping[str, Any]) -> Any:
        """The driver's cursor after it."""
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compiled[connection.dialect.name] = _Compiled(self._statement, connection.dialect)
        given = compiled.parameters(values)
        if not connection.in_transaction():
            connection.begin()  # as SQLAlchemy does by itself
        driver: Any = connection.connection.driver_connection
        fault = connection.dialect.loaded_dbapi.Error
        try:
            cursor = driver.cursor()
            for told in connection.dispatch.before_cursor_execute:
                told(connection, cursor, compiled.sql, given, None, False)
            cursor.execute(compiled.sql, given)
            for told in connection.dispatch.after_cursor_execute:
                told(connection, cursor, compiled.sql, given, None, False)
        except fault as error:
            gone = connection.dialect.is_disconnect(error, driver, None)
            if gone:  # as SQLAlchemy does: the others are as old
                connection.invalidate(error)
                connection.engine.dispose()
            raise sa.exc.DBAPIError.instance(
                compiled.sql, None, error, fault, hide_parameters=True, connection_invalidated=gone
            ) from error
        return cursor


class _Compiled:
    """A statement in the words of one database, and what becomes of its parameters and columns on the way."""

    def __init__(self, statement: Any, dialect: Any) -> None:
        self._dialect = type(dialect)(paramstyle="named" if dialect.name == "sqlite" else "pyformat")
        compiled = statement.compile(dialect=self._dialect)
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("a prepared statement names every column, for nothing fills in defaults")
        self.sql = str(compiled)
        binds = {name: one for one, name in compiled.bind_names.items()}
        self._fixed = {name: value for name, value in compiled.params.items() if not binds[name].required}
        self._to_database = self._processes({name: one.type for name, one in binds.items()})
        self._types = [column.type for column in getattr(statement, "exported_columns", ())]
        self._from_database: Sequence[tuple[int, _Process]] | None = None

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """As the driver takes them; raises sqlalchemy.exc.StatementError for what its column cannot hold."""
        given = {**self._fixed, **values}
        try:
            for name, process in self._to_database:
                given[name] = process(given[name])
        except ValueError as error:
            raise sa.exc.StatementError(str(error), self.sql, None, error, hide_parameters=True) from error
        return given

    def rows(self, cursor: Any) -> list[tuple[Any, ...]]:
        """What the cursor has, as the columns' types give it."""
        if self._from_database is None:
            self._from_database = self._results(cursor.description)
        found = cursor.fetchall()
        return [self._row(one) for one in found] if self._from_database else found

    def _row(self, row: Sequence[Any]) -> tuple[Any, ...]:
        made = list(row)
        for at, process in self._from_database or ():
            made[at] = process(made[at])
        return tuple(made)

    def _processes(self, types: Mapping[str, sa.types.TypeEngine[Any]]) -> list[tuple[str, _Process]]:
        made = {name: one.dialect_impl(self._dialect).bind_processor(self._dialect) for name, one in types.items()}
        return [(name, process) for name, process in made.items() if process]

    def _results(self, description: Sequence[Any]) -> list[tuple[int, _Process]]:
        codes = [column[1] for column in description]
        made = [
            one.dialect_impl(self._dialect).result_processor(self._dialect, code)
            for one, code in zip(self._types, codes, strict=True)
        ]
        return [(at, process) for at, process in enumerate(made) if process]
