"""Checks which of the two providers serves a project's programs, and whether Pulumi finds the native one's plugin."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem
from pulumi_fastpix.cli.doctor.project import Project

PLUGIN = "pulumi-resource-fastpix"


def check_project(project: Project, environ: Mapping[str, str]) -> Finding:
    """Check that the project's language has a provider."""
    if project.runtime == "python":
        missing = "" if _plugin(project, environ) else f" (without {PLUGIN}, which only pulumi_fastpix.native needs)"
        return ok(Check.PROJECT, f"project {project.file}{missing}")
    if not project.runtime:
        return problem(
            Check.PROJECT, f"{project.file} names no runtime", "Set `runtime: python`, or that of another language."
        )
    message = f"{project.file} is a project for {project.runtime}, which only the native provider serves"
    if plugin := _plugin(project, environ):
        return ok(Check.PROJECT, f"{message}: {plugin}")
    return problem(
        Check.PROJECT,
        f"{message}, and Pulumi won't find its plugin",
        f"Put `{PLUGIN}`, which comes with this package, on the PATH of `pulumi`, or name its folder under `plugins` "
        f"in {project.file.name}.",
    )


def _plugin(project: Project, environ: Mapping[str, str]) -> str:
    """Where Pulumi finds the plugin; empty if nowhere."""
    if project.names_plugin:
        return "the project names its plugin"
    if on_path := shutil.which(PLUGIN, path=environ.get("PATH", "")):
        return f"its plugin is {on_path}"
    home = Path(environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    installed = sorted((home / "plugins").glob("resource-fastpix-v*/"))
    return f"its plugin is {installed[-1]}" if installed else ""
