"""Checks pipelines of GoCD as far as one can without its server: what a pipeline fetches or waits for is there, and every script
is one that a shell reads."""

import subprocess
import sys

import yaml  # of cfn-lint


def jobs(pipeline):
    for stage in pipeline["stages"]:
        for stage_name, body in stage.items():
            for job_name, job in body["jobs"].items():
                yield stage_name, job_name, job


def main(path):
    with open(path) as file:
        pipelines = yaml.safe_load(file)["pipelines"]
    there = {name: {(stage, job) for stage, job, _ in jobs(pipeline)} for name, pipeline in pipelines.items()}
    wrong = []
    for name, pipeline in pipelines.items():
        for material in pipeline["materials"].values():
            before = material.get("pipeline")
            if before and material["stage"] not in {stage for stage, _ in there.get(before, ())}:
                wrong.append(f"{name}: no stage {material['stage']} of {before}")
        for _, _, job in jobs(pipeline):
            for task in job["tasks"]:
                if fetched := task.get("fetch"):
                    source = fetched.get("pipeline", name)
                    if (fetched["stage"], fetched["job"]) not in there.get(source, ()):
                        wrong.append(f"{name}: nothing to fetch from {source} {fetched['stage']} {fetched['job']}")
                if script := task.get("script"):
                    read = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True)
                    if read.returncode:
                        wrong.append(f"{name}: {read.stderr.strip()}")
    if wrong:
        sys.exit("\n".join(wrong))


main(sys.argv[1])
