"""OpenTofu with the provider for any REST API: the way without this package on the other engine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.contenders.contender import Contender, Prepared
from benchmarks.server import Server
from benchmarks.work import Operation, Work

PROVIDER = "terraform-provider-restapi"
MAIN = """
terraform {
  required_providers {
    restapi = { source = "mastercard/restapi" }
  }
}

variable "policy" { default = "public" }
variable "streams" { type = list(string) }
variable "ids" { type = number }

provider "restapi" {
  create_returns_object = true
  id_attribute          = "data/id"
}

locals {
  paths = [for stream in var.streams : "/live/streams/${stream}/playback-ids"]
}

resource "restapi_object" "playback_id" {
  count                   = var.ids
  path                    = local.paths[count.index % length(var.streams)]
  destroy_path            = "${local.paths[count.index % length(var.streams)]}?playbackId={id}"
  data                    = jsonencode({ accessPolicy = var.policy })
  force_new               = ["accessPolicy"]
  ignore_server_additions = true
}
"""
COMMANDS: dict[Operation, Sequence[str]] = {
    "create": ("apply", "-auto-approve"),
    "second up": ("apply", "-auto-approve"),
    "preview": ("plan",),
    "refresh": ("apply", "-refresh-only", "-auto-approve"),
    "replace all": ("apply", "-auto-approve", "-var=policy=private"),
    "destroy": ("destroy", "-auto-approve"),
}


class OpenTofu(Contender):
    """`tofu` and the provider as they are found on PATH; with OpenTofu's own default of ten requests at once."""

    name = "opentofu"
    title = "OpenTofu with the restapi provider"
    at_once = 10

    def missing(self) -> str | None:
        lacking = [name for name in ("tofu", PROVIDER) if shutil.which(name) is None]
        return f"{' and '.join(lacking)} not found on PATH" if lacking else None

    def prepare(self, folder: Path, work: Work, server: Server) -> Prepared:
        return _PreparedConfiguration(folder, work, server)


class _PreparedConfiguration(Prepared):
    def __init__(self, folder: Path, work: Work, server: Server) -> None:
        provider = Path(shutil.which(PROVIDER) or PROVIDER)
        (folder / "main.tf").write_text(MAIN)
        variables = {"streams": server.streams, "ids": work.ids}
        (folder / "terraform.tfvars.json").write_text(json.dumps(variables))
        # Taken from where it is: nothing is installed, so there is nothing to initialise.
        overrides = f'provider_installation {{ dev_overrides {{ "mastercard/restapi" = "{provider.parent}" }} }}'
        (folder / "tofu.rc").write_text(overrides)
        self.folder, self.state = folder, folder / "terraform.tfstate"
        self.environ = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "TF_CLI_CONFIG_FILE": str(folder / "tofu.rc"),
            "REST_API_URI": server.environ["FASTPIX_BASE_URL"],
            "REST_API_USERNAME": server.environ["FASTPIX_USERNAME"],
            "REST_API_PASSWORD": server.environ["FASTPIX_PASSWORD"],
        }

    def command(self, operation: Operation) -> Sequence[str]:
        return ["tofu", *COMMANDS[operation], "-no-color", "-input=false"]
