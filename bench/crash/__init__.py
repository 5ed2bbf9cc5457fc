"""Killed anywhere, under a mixed load: is every mail accounted for, and did every letter go once?"""
